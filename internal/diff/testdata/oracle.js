// Answers {from, to, answers} lines with what drizzle-kit's generateMigration
// makes of the two snapshots. Rename prompts are answered from the list of
// numbers: number modulo the count of choices.
// Usage: node oracle.js .../node_modules/drizzle-kit
const fs = require('fs');
const path = require('path');
const Module = require('module');

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
console.log = console.warn = console.error = () => {};

const file = path.join(process.argv[2], 'api.js');
const guard = 'if (!process.stdin.isTTY || !process.stdout.isTTY) {\n        return Promise.reject(new Error("Interactive';
const source = fs.readFileSync(file, 'utf8');
const at = source.indexOf(guard);
if (at < 0) throw new Error('this drizzle-kit prompts in another way');
const m = new Module(file);
m.filename = file;
m.paths = Module._nodeModulePaths(path.dirname(file));
m._compile(source.slice(0, at) + 'if (global.answerPrompt) return global.answerPrompt(view5);\n' + source.slice(at), file);

let asked;
const name = (x) => ({ schema: x.schema, name: x.name });
global.answerPrompt = async (view) => {
  const items = (view.data || view.state).items;
  let k = 0;
  if (items.length > 1) {
    k = asked.answers[asked.next++ % asked.answers.length] % items.length;
    asked.prompts.push({ created: name(view.base), candidates: items.slice(1).map((i) => name(i.from)) });
  }
  return { status: 'submitted', data: items[k] };
};

(async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    const { from, to, answers } = JSON.parse(line);
    asked = { answers, next: 0, prompts: [] };
    try {
      write(JSON.stringify({ sql: await m.exports.generateMigration(from, to), prompts: asked.prompts }) + '\n');
    } catch (e) {
      write(JSON.stringify({ error: String((e && e.stack) || e).slice(0, 800), prompts: asked.prompts }) + '\n');
    }
  }
})();
