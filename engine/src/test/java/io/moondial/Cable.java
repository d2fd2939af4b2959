package io.moondial;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A TCP connection with a pair of scissors: what comes in at its port goes on to another. */
final class Cable implements AutoCloseable {
    private final ServerSocket server;
    private final int to;
    private final List<Socket> open = new ArrayList<>();
    private boolean cut;

    /** A cable to this port of this host. */
    Cable(int to) throws IOException {
        this.to = to;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                join(server.accept());
            } catch (IOException e) {
                // Cut, or closed: whoever connects sees it.
            }
        }
    }

    private synchronized void join(Socket near) throws IOException {
        if (cut) {
            near.close();
            return;
        }
        open.add(near);
        Socket far = new Socket();
        open.add(far);
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to));
        far.setTcpNoDelay(true);
        near.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> carry(near, far));
        Thread.ofVirtual().start(() -> carry(far, near));
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // Both ends are closed.
        }
    }

    /** Cuts what is connected; nothing connects until it is mended. */
    synchronized void cut() throws IOException {
        cut = true;
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    synchronized void mend() {
        cut = false;
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
