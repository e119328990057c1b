/** EJS 7 ships no types for its ESM entry; `core/render/compile.ts` says what it uses. */
declare module 'ejs' {
  const ejs: unknown;
  // biome-ignore lint/style/noDefaultExport: that is what the package has
  export default ejs;
}
