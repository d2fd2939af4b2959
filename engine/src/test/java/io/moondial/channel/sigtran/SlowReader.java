package io.moondial.channel.sigtran;

import java.io.IOException;
import java.net.Socket;

/** A far end that lets traffic begin, and from then on reads nothing. */
final class SlowReader implements AutoCloseable {
    private final Socket socket;

    SlowReader(StpStub stp) throws IOException {
        socket = stp.acceptSocket();
        socket.getInputStream().readNBytes(8); // the beginning of ASPUP
        write(StpStub.message(StpStub.ASPUP_ACK));
        write(StpStub.message(StpStub.ASPAC_ACK, StpStub.parameter(0x0006, "00000065")));
        write(
                StpStub.message(
                        StpStub.NOTIFY,
                        StpStub.parameter(0x000d, "00010003"),
                        StpStub.parameter(0x0006, "00000065")));
    }

    private void write(byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
    }

    /** Sends a message so many times; false where the engine has ended the connection. */
    boolean send(byte[] message, int times) {
        try {
            for (int i = 0; i < times; i++) {
                write(message);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the connection. */
    void cut() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        cut();
    }
}
