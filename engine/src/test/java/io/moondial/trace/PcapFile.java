package io.moondial.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A pcap file read octet by octet, as its format says, without our own writer. */
record PcapFile(List<byte[]> messages) {
    private static final int MTP3 = 141;

    static PcapFile read(Path file) throws IOException {
        return read(Files.readAllBytes(file));
    }

    static PcapFile read(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt()).as("magic").isEqualTo(0xa1b2c3d4);
        assertThat(in.getShort()).as("major version").isEqualTo((short) 2);
        assertThat(in.getShort()).as("minor version").isEqualTo((short) 4);
        assertThat(in.getLong()).as("zone and accuracy").isZero();
        assertThat(in.getInt()).as("longest message").isEqualTo(65535);
        assertThat(in.getInt()).as("link type").isEqualTo(MTP3);
        List<byte[]> messages = new ArrayList<>();
        while (in.hasRemaining()) {
            assertThat(in.getInt()).as("seconds").isPositive();
            assertThat(in.getInt()).as("microseconds").isBetween(0, 999_999);
            byte[] message = new byte[in.getInt()];
            assertThat(in.getInt()).as("length on the link").isEqualTo(message.length);
            in.get(message);
            messages.add(message);
        }
        return new PcapFile(messages);
    }

    /** How many of the messages hold these octets. */
    long holding(byte[] octets) {
        String wanted = latin(octets);
        return messages.stream().filter(message -> latin(message).contains(wanted)).count();
    }

    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
