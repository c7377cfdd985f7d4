import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { BrowserHost } from '../browserHost.ts';
import { expect, test } from '../fixtures.ts';
import { Line } from '../line.ts';
import { Chart } from '../pages/chart.ts';
import { OrthantWindow } from '../pages/orthantWindow.ts';
import { startLongRun } from '../screens.ts';

/** Features of the browser host alone: addresses, tabs, a host that is stopped and started. */

test.describe('browser host', { tag: '@browser-host' }, () => {
  test('the host is restarted: the window reconnects', async ({ orthant, host, home }) => {
    const { page } = orthant;
    await orthant.sample('ink').click();
    await expect(page.getByText('10,000 rows × 786 columns')).toBeVisible();
    const port = Number(new URL(page.url()).port);

    await host.current.stop();
    await expect(page.getByText('Connection lost, trying again')).toBeVisible();
    await expect(orthant.training.button('Train')).toHaveAttribute('aria-disabled', 'true');
    host.current = await BrowserHost.start({ folder: home, port });

    await expect(page.getByText('Connection lost, trying again')).toBeHidden();
    await expect(page.getByText('10,000 rows × 786 columns')).toBeVisible();
    await expect(orthant.training.button('Train')).not.toHaveAttribute('aria-disabled', 'true');
  });

  for (const [how, signal, message] of [
    ['is ended', 'SIGTERM', 'This run was stopped.'],
    ['crashes', 'SIGKILL', 'This run ended before it was done.'],
  ] as const)
    test(`the host ${how} while a run trains: the window reports it, and the run resumes from its checkpoint`, async ({
      orthant,
      host,
      home,
    }) => {
      const { page, training } = orthant;
      await startLongRun(orthant);
      // Pausing writes a checkpoint.
      await training.pause();
      const before = await training.epoch();
      await training.resume();
      const port = Number(new URL(page.url()).port);
      await host.current.stop(signal);
      await expect(page.getByText('Connection lost, trying again')).toBeVisible();
      host.current = await BrowserHost.start({ folder: home, port });

      await expect(page.getByText('Connection lost, trying again')).toBeHidden();
      await expect(orthant.notice(message)).toBeVisible();
      await expect(page.getByRole('figure', { name: 'Worst output' })).toBeVisible();
      await page.getByRole('button', { name: 'Resume from the last checkpoint' }).click();
      await expect(training.button('Pause')).not.toHaveAttribute('aria-disabled', 'true');
      await expect.poll(() => training.epoch()).toBeGreaterThanOrEqual(before);
      await training.stopButton.click();
      await training.toEnd();
    });

  test('the network breaks while a run trains: the run continues, and the window catches up', async ({
    browser,
    host,
  }) => {
    const line = await Line.to(Number(new URL(await host.current.address()).port));
    const context = await browser.newContext();
    const orthant = new OrthantWindow(await context.newPage(), { hostProcess: () => host.current.pid });
    const { page, training } = orthant;
    const address = new URL(await host.current.address());
    address.port = String(line.port);
    await orthant.openAt(address.href);
    await startLongRun(orthant);
    const before = await training.epoch();

    line.cut();
    await expect(page.getByText('Connection lost, trying again')).toBeVisible();
    await expect(training.button('Train another')).toHaveAttribute('aria-disabled', 'true');
    await page.waitForTimeout(1000);
    line.mend();
    await expect(page.getByText('Connection lost, trying again')).toBeHidden();
    await expect.poll(() => training.epoch()).toBeGreaterThan(before);
    await training.pause();
    const { rows } = await new Chart(page, 'Largest multiplier').table();
    // The curves also have the epochs of the interruption.
    expect(Number(rows.at(-1)?.[0]?.replaceAll(',', ''))).toBe(await training.epoch());
    await training.stopButton.click();
    await training.toEnd();
    await context.close();
    await line.close();
  });

  test('two tabs see the same run', async ({ orthant, host }) => {
    const { training } = orthant;
    await startLongRun(orthant);

    const other = new OrthantWindow(await orthant.page.context().newPage(), {
      hostProcess: () => host.current.pid,
    });
    await other.openAt(new URL(orthant.page.url()).origin);
    await other.training.toFirstEpoch();
    await other.training.pause();
    await orthant.page.bringToFront();
    await expect(training.status).toContainText('paused');
    expect(await training.epoch()).toBe(await other.training.epoch());
    await training.stopButton.click();
    await training.toEnd();
    await other.page.bringToFront();
    await other.training.toEnd();
  });

  test('strangers are refused', async ({ host }) => {
    const address = new URL(await host.current.address());
    const get = (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port: address.port, path: target, method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    const own = `127.0.0.1:${address.port}`;
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };

    expect(await get('/'), 'no cookie').toBe(401);
    expect(await get('/?token=wrong'), 'a wrong token').toBe(401);
    expect(await get('/', { Host: 'example.org' }), 'another Host (DNS rebinding)').toBe(403);
    expect(await get(`${address.pathname}${address.search}`, { Host: `example.org:${address.port}` })).toBe(403);
    expect(await get('/upload?name=a.csv', { Origin: 'http://example.org' }, 'POST'), 'another Origin').toBe(403);
    expect(await get('/socket', { ...upgrade, Origin: 'http://example.org' }), 'a socket of another page').toBe(403);
    expect(await get('/socket', { ...upgrade, Origin: `http://${own}` }), 'a socket without a session').toBe(401);
    expect(await get(`${address.pathname}${address.search}`), 'the token').toBeLessThan(400);
    expect(await get(`${address.pathname}${address.search}`), 'the token again').toBe(401);
  });

  test('a whole run connects to nothing but this computer', async ({ browser, folder }) => {
    const strace = hasStrace();
    test.skip(!strace, 'strace is not installed or may not trace here.');
    const log = path.join(folder, 'strace.log');
    const traced = await BrowserHost.start({
      folder,
      // The filter lets all other calls pass at full speed.
      under: [
        'strace',
        '-f',
        '--seccomp-bpf',
        '-qq',
        '-e',
        'trace=bind,connect,sendto,sendmsg',
        '-e',
        'signal=none',
        '-o',
        log,
      ],
    });
    const context = await browser.newContext();
    const addresses: string[] = [];
    context.on('request', (sent) => addresses.push(sent.url()));
    const orthant = new OrthantWindow(await context.newPage(), { hostProcess: () => traced.pid });
    await orthant.openAt(await traced.address());
    await orthant.answer(1).click();
    await orthant.setLayers('8');
    await orthant.setEpochs(1);
    await orthant.training.start();
    await orthant.training.toEnd();
    await orthant.result.open();
    await orthant.result.exportOnnx(folder);
    const origin = new URL(orthant.page.url()).origin;
    await context.close();
    await traced.stop();

    const calls = (await readFile(log, 'utf8')).split('\n');
    const reached = calls.flatMap((line) => /sa_family=AF_INET6?\b.*/.exec(line) ?? []);
    expect(
      reached.some((to) => to.includes('"127.0.0.1"')),
      'strace saw the host listen',
    ).toBe(true);
    expect(reached.filter((to) => !/"127\.0\.0\.\d+"|"::1"/.test(to))).toEqual([]);
    expect(addresses.filter((to) => !to.startsWith(origin) && !/^(?:blob|data):/.test(to))).toEqual([]);
  });
});

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
