// SQL and JSON in colour where nobody edits it. An editor has a real parser;
// this one only tells words, texts, numbers and comments apart.

import { h, type ComponentChild } from "preact";
import css from "./highlight.module.css";

const keywords = new Set(
  ("select from where and or not in is null insert into values update set delete returning create table alter add drop column constraint primary key foreign references unique check default index on using " +
    "concurrently if exists begin commit rollback as join left right inner outer full cross lateral order by group having limit offset asc desc nulls first last with recursive union all distinct case when then else end " +
    "true false cast type enum view materialized trigger function returns language plpgsql for each row execute procedure grant revoke to schema sequence cascade restrict rename between like ilike any array interval " +
    "do declare raise exception loop truncate analyze vacuum explain only partition policy enable disable security level valid validate not").split(" "),
);

const sqlTokens = /(--[^\n]*|\/\*[\s\S]*?\*\/)|([Ee]?'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\3\$)|("(?:[^"]|"")*")|(\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|([A-Za-z_]\w*)|([\s\S])/g;

export function highlightSql(text: string): ComponentChild[] {
  const out: ComponentChild[] = [];
  const put = (kind: string | undefined, s: string) => {
    if (kind) out.push(h("span", { class: kind }, s));
    else if (typeof out.at(-1) === "string") out[out.length - 1] = (out.at(-1) as string) + s;
    else out.push(s);
  };
  for (const [all, comment, string, , quoted, number, word] of text.matchAll(sqlTokens)) {
    if (comment) put(css.comment, all);
    else if (string) put(css.string, all);
    else if (quoted) put(css.name, all);
    else if (number) put(css.number, all);
    else if (word && keywords.has(word.toLowerCase())) put(css.keyword, all);
    else put(undefined, all);
  }
  return out;
}
