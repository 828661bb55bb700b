// A plain HTTP server in a process of its own that answers everything with the bytes it was sent: the least an answer can cost.
import { createServer } from 'node:http';

process.on('disconnect', () => process.exit());
process.on('message', (answer) => {
  const bytes = Buffer.from(answer);
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
        .end(bytes);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
});
