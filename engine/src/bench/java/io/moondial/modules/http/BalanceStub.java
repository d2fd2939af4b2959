package io.moondial.modules.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An HTTP service that costs next to nothing: each request that has no body, and asks for anything,
 * is answered with a balance. {@code BalanceStub PORT [DELAY_MS]}; it runs until it is ended.
 */
public final class BalanceStub {
    private static final byte[] BALANCE =
            """
            HTTP/1.1 200 OK
            Content-Type: application/json
            Content-Length: 19

            {"balance":"12.50"}"""
                    .replace("\n", "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);

    /** The end of a request without a body: an empty line. */
    private static final int END = 0x0d0a0d0a;

    private BalanceStub() {}

    public static void main(String[] arguments) throws IOException {
        Duration delay = Duration.ofMillis(arguments.length > 1 ? Long.parseLong(arguments[1]) : 0);
        try (ServerSocket server =
                new ServerSocket(
                        Integer.parseInt(arguments[0]), 10_000, InetAddress.getLoopbackAddress())) {
            System.out.println("ready");
            while (true) {
                Socket connection = server.accept();
                Thread.startVirtualThread(() -> serve(connection, delay));
            }
        }
    }

    private static void serve(Socket connection, Duration delay) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            int last = 0;
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                last = last << 8 | octet;
                if (last == END) {
                    if (delay.isPositive()) {
                        Thread.sleep(delay);
                    }
                    out.write(BALANCE);
                }
            }
        } catch (IOException | InterruptedException e) {
            // the other side has gone
        }
    }
}
