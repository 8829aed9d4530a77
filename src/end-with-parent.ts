/**
 * Imported first by the program of a child: it ends with the process that started it, by the one signal that waits for nothing,
 * neither for a thread that hangs in a system call nor for a terminal that is gone.
 */

process.on('disconnect', end);
// Nobody hears of it while the program is loaded.
if (!process.connected) end();

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
