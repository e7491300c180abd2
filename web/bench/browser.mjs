// A Chromium for one measurement. What is measured comes as JSON in the only
// argument; what was found is printed as JSON.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const browserPath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Does work in a page of a browser whose profile is in a folder, and prints what it returns. */
export async function measure(work) {
  const asked = JSON.parse(process.argv[2]);
  const context = await chromium.launchPersistentContext(asked.profile, {
    executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"], viewport: { width: 1280, height: 800 },
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(60_000);
    const found = await work(page, asked);
    console.log(JSON.stringify({ browser: context.browser()?.version() ?? (await page.evaluate(() => navigator.userAgent)), ...found }));
  } finally {
    await context.close();
  }
}
