/** Stands in for inquirer's way to a text editor, which no question of ours uses and which would be a third of the package. */
export function editAsync(): never {
  throw new Error('no question opens an editor');
}
