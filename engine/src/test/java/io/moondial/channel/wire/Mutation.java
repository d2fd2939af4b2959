package io.moondial.channel.wire;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damage to a message, the same for the same seed. */
final class Mutation {
    /** Tags, lengths and numbers at which decoders go wrong. */
    private static final int[] ODD = {
        0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x1f, 0x28, 0x30, 0x48, 0x49, 0x4a, 0x60, 0x61, 0x62,
        0x64, 0x65, 0x67, 0x6b, 0x6c, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xa0, 0xa1, 0xa2, 0xa3,
        0xa4, 0xa7, 0xbe, 0xfe, 0xff
    };

    private static final int MAX_STEPS = 4;

    private final RandomGenerator random;

    Mutation(RandomGenerator random) {
        this.random = random;
    }

    /** This message, damaged once or a few times. */
    byte[] of(byte[] message, List<byte[]> others) {
        byte[] damaged = message.clone();
        for (int steps = random.nextInt(1, MAX_STEPS); steps > 0; steps--) {
            damaged = step(damaged, others.get(random.nextInt(others.size())));
        }
        return damaged;
    }

    private byte[] step(byte[] message, byte[] other) {
        if (message.length == 0) {
            return other.clone();
        }
        int at = random.nextInt(message.length);
        return switch (random.nextInt(10)) {
            case 8, 9 -> lie(message, at);
            case 0 -> set(message, at, message[at] ^ (1 << random.nextInt(8)));
            case 1, 2 -> set(message, at, ODD[random.nextInt(ODD.length)]);
            case 3 -> set(message, at, message[at] + (random.nextBoolean() ? 1 : -1));
            case 4 -> Arrays.copyOf(message, at);
            case 5 -> without(message, at);
            case 6 -> twice(message, at);
            default -> Ber.join(Arrays.copyOf(message, at), tail(other));
        };
    }

    /** Lengths that are not there: beyond an int, negative, of megabytes, or just too long. */
    private static final String[] LENGTHS = {
        "847fffffff",
        "84ffffffff",
        "8480000000",
        "83ffffff",
        "85017fffffff",
        "88ffffffffffffffff",
        "8400000000",
        "830000ff",
        "82ffff",
        "81ff",
        "80",
        "ff",
        "8418000000",
        "8401000000"
    };

    /** Another length where one stands, in the place of the octet there. */
    private byte[] lie(byte[] message, int near) {
        int at = near;
        while (at > 0 && !followsTag(message, at)) {
            at--;
        }
        return Ber.join(
                Arrays.copyOf(message, at),
                Ber.hex(LENGTHS[random.nextInt(LENGTHS.length)]),
                Arrays.copyOfRange(message, Math.min(at + 1, message.length), message.length));
    }

    /** As far as that can be told of an octet by itself. */
    private static boolean followsTag(byte[] message, int at) {
        int tag = message[at - 1] & 0xff;
        return Arrays.binarySearch(ODD, tag) >= 0
                && message[at] >= 0
                && message[at] < message.length - at;
    }

    private static byte[] set(byte[] message, int at, int value) {
        byte[] changed = message.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private byte[] without(byte[] message, int from) {
        int to = from + random.nextInt(Math.min(8, message.length - from)) + 1;
        return Ber.join(
                Arrays.copyOf(message, from), Arrays.copyOfRange(message, to, message.length));
    }

    private byte[] twice(byte[] message, int from) {
        int to = from + random.nextInt(Math.min(16, message.length - from)) + 1;
        return Ber.join(Arrays.copyOf(message, to), tail(message, from));
    }

    private byte[] tail(byte[] message) {
        return message.length == 0 ? message : tail(message, random.nextInt(message.length));
    }

    private static byte[] tail(byte[] message, int from) {
        return Arrays.copyOfRange(message, from, message.length);
    }
}
