// Starts emulate's GitHub: the library, a free port, the address it is to give for itself, and the file with the seed.
import { readFileSync } from "node:fs";
const [library, port, baseUrl, seed] = process.argv.slice(2);
const { createEmulator } = await import(library);
await createEmulator({ service: "github", port: Number(port), baseUrl, seed: JSON.parse(readFileSync(seed, "utf8")) });
