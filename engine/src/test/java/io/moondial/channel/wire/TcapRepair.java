package io.moondial.channel.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the lengths of damaged BER right again, so that what is wrong inside is looked at. */
final class TcapRepair {
    private static final int MAX_DEPTH = 12;
    private static final int DESTINATION_ID = 0x49;

    private final byte @Nullable [] destination;

    private TcapRepair(byte @Nullable [] destination) {
        this.destination = destination;
    }

    /**
     * These octets with lengths that fit.
     *
     * @param destination the transaction id to be put into a destination transaction id; null: as
     *     it is
     */
    static byte[] repaired(byte[] octets, byte @Nullable [] destination) {
        return new TcapRepair(destination).elements(octets, 0);
    }

    private byte[] elements(byte[] octets, int depth) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (at < octets.length) {
            int from = at;
            at++;
            if ((octets[from] & 0x1f) == 0x1f) {
                while (at < octets.length && octets[at] < 0) {
                    at++;
                }
                at = Math.min(at + 1, octets.length);
            }
            byte[] tag = Arrays.copyOfRange(octets, from, at);
            int length = octets.length - at;
            if (at < octets.length) {
                int first = octets[at++] & 0xff;
                length = first;
                if (first > 0x80) {
                    length = 0;
                    for (int i = 0; i < (first & 0x7f) && at < octets.length; i++) {
                        length = Math.min(0xffff, (length << 8) | (octets[at++] & 0xff));
                    }
                }
            }
            int end = Math.min(octets.length, at + length);
            out.writeBytes(element(tag, Arrays.copyOfRange(octets, at, end), depth));
            at = end;
        }
        return out.toByteArray();
    }

    private byte[] element(byte[] tag, byte[] contents, int depth) {
        byte[] repaired = contents;
        if (depth == 1 && tag[0] == DESTINATION_ID && destination != null) {
            repaired = destination;
        } else if ((tag[0] & 0x20) != 0 && depth < MAX_DEPTH) {
            repaired = elements(contents, depth + 1);
        }
        byte[] withOneOctetTag = Ber.tlv(tag[0], repaired);
        return tag.length == 1
                ? withOneOctetTag
                : Ber.join(tag, Arrays.copyOfRange(withOneOctetTag, 1, withOneOctetTag.length));
    }
}
