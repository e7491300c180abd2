// Takes the pictures of the README: the example of `skein studio --demo`, in
// Chromium, light and dark. A second run gives the same bytes, as long as fonts
// and browser are the same.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { browserPath, start } from "../test/studio.mjs";

const folder = new URL("../../docs/images/", import.meta.url).pathname;
const desk = { width: 1280, height: 760 };
const phone = { width: 390, height: 760 };

const query = `-- What did customers of each country buy?
select a.country, count(*) as orders, sum(o.total) as spent
from orders o
join addresses a on a.id = o.shipping_address_id
where o.status in ('paid', 'shipped', 'delivered')
group by a.country
order by spent desc;`;

/** The pictures in the order in which they are taken, each with the way to it. */
const shots = [
  { name: "data", path: `/data/public/orders?w=${encodeURIComponent('["status","in",["paid","shipped"]]')}&sort=-total`, size: desk, async to(page) {
    await page.locator('[data-r="4"] [data-c="0"]').waitFor();
    const key = page.locator('[data-r="4"] [data-follow]').first();
    await key.hover();
    await page.getByRole("tooltip", { name: /^users/ }).getByText("full_name").waitFor();
  } },
  { name: "diagram", path: "/schema?columns=keys", size: { width: 1280, height: 860 }, async to(page) {
    await page.locator("[data-box]").first().waitFor();
  } },
  { name: "history", path: "/history?view=plan", size: desk, async to(page) {
    await page.getByRole("heading", { name: "1 migration to apply" }).waitFor();
  } },
  { name: "difference", path: "/schema?from=0005_workable_wolfpack&at=0006_clearer_names&only=changed", size: desk, async to(page) {
    await page.locator("[data-box]").first().waitFor();
    await page.getByRole("tab", { name: /^Changes/ }).waitFor();
  } },
  { name: "sql", path: `/sql?q=${encodeURIComponent(query)}`, size: desk, async to(page) {
    await page.getByRole("textbox", { name: "SQL" }).getByText("customers of each country").waitFor();
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await page.getByRole("list", { name: "Steps of the plan" }).waitFor();
    await page.mouse.move(0, 0);
  } },
  { name: "phone", path: `/data/public/orders?row=${encodeURIComponent('["1059"]')}`, size: phone, async to(page) {
    await page.getByText("Alan Berg").first().waitFor();
  } },
];

// Times of this run and the port of this server would be others the next time;
// they are left out. So is a cursor that blinks.
const still = `
  *, *::before, *::after { animation: none !important; transition: none !important; }
  .cm-cursorLayer, [data-varies] { visibility: hidden !important; }`;

/** Marks what is only so in this run: a time that something took. */
function markVarying() {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (/^<?\d+(\.\d+)? m?s$/.test(texts.currentNode.data.trim())) texts.currentNode.parentElement.setAttribute("data-varies", "");
  }
}

async function take(browser, link, shot, scheme) {
  const context = await browser.newContext({ viewport: shot.size, deviceScaleFactor: 1.5, colorScheme: scheme, reducedMotion: "reduce", locale: "en-US", timezoneId: "UTC", bypassCSP: true });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    // The throwaway server has another port each time.
    await page.route("**/api/plan", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/("database":"[^"]*?):\d+"/, '$1"') });
    });
    await page.goto(link);
    await page.goto(new URL(shot.path, link).href);
    await page.addStyleTag({ content: still });
    await shot.to(page);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForFunction(() => !document.querySelector("main [role=progressbar]"));
    await page.waitForTimeout(500); // for what is drawn after what was waited for
    await page.evaluate(markVarying);
    const client = await context.newCDPSession(page);
    const { data } = await client.send("Page.captureScreenshot", { format: "webp", quality: 60 });
    const file = join(folder, `${shot.name}-${scheme}.webp`);
    writeFileSync(file, Buffer.from(data, "base64"));
    console.log(file, Math.round((data.length * 3) / 4 / 1024) + " kB");
  } finally {
    await context.close();
  }
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"] });
try {
  for (const scheme of ["light", "dark"]) {
    // Anew for each, so that no picture has tabs of the other in it.
    const state = mkdtempSync(join(tmpdir(), "skein-shots-"));
    const server = start(["studio", "--demo", "--write", "--no-open", "--port", "0"], { XDG_STATE_HOME: state }, /http:\/\/\S+/);
    try {
      const link = await server.line;
      for (const shot of shots) await take(browser, link, shot, scheme);
    } finally {
      await server.stop();
      rmSync(state, { recursive: true, force: true });
    }
  }
} finally {
  await browser.close();
}
