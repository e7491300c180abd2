// Loaded before drizzle-kit, this answers its rename questions without a
// terminal: SKEIN_ANSWERS is a list of "create" and "rename", where rename
// means the first candidate offered.
const answers = (process.env.SKEIN_ANSWERS || "").split(",");

Object.defineProperty(process.stdin, "isTTY", { value: true });
Object.defineProperty(process.stdout, "isTTY", { value: true });
process.stdin.setRawMode = () => process.stdin;

const write = process.stdout.write.bind(process.stdout);
let asking = false;
process.stdout.write = (text, ...rest) => {
  if (!asking && /created or renamed from another/.test(String(text))) {
    asking = true;
    setTimeout(() => {
      const answer = answers.shift();
      if (answer === undefined || answer === "") {
        console.error("a question too many");
        process.exit(99);
      }
      if (answer === "rename") process.stdin.emit("keypress", undefined, { name: "down" });
      process.stdin.emit("keypress", undefined, { name: "return" });
      asking = false;
    }, 20);
  }
  return write(text, ...rest);
};
