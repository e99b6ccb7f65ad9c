// The same call on ding-dong: see fastagi_servers.py. Balances are in memory, since Node has no SQLite everywhere.
// It prints its port and serves until its standard input ends.
'use strict';

const net = require('net');
const Server = require('ding-dong');

const balances = new Map();
for (let caller = 0; caller < 50000; caller += 1) {
  balances.set(`138001${String(caller).padStart(5, '0')}`, 100 + caller);
}

async function serve(call) {
  const variables = await call.onEvent('variables');
  await call.answer();
  if (variables.agi_extension === '200') {
    await call.exec('Queue', '"vip,c"');
    return call.end();
  }
  let key = await call.getOption('menu', '0123456789*#', 5000);
  while (key.result.startsWith('50')) {
    key = await call.getOption('menu', '0123456789*#', 5000);
  }
  if (key.result.startsWith('49')) {
    const caller = variables.agi_callerid;
    const amount = balances.get(caller);
    await call.streamFile('your-balance-is', '');
    await call.sayNumber(amount, '');
    await call.streamFile('yuan', '');
    console.error(JSON.stringify({ event: 'call', caller, balance: amount, ending: 'served' }));
  }
  return call.end();
}

// It takes port 0 for none, and its usual one then: a free one is looked for.
const probe = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(() => {
    const listening = new Server(serve).start(port, '127.0.0.1');
    listening.on('listening', () => console.log(listening.address().port));
  });
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
