/** EJS 7 ships no types for its ESM entry; `core/render/compile.ts` says what it uses. */
declare module 'ejs' {
  const ejs: unknown;
  export default ejs;
}
