package io.moondial.text;

import java.util.Random;

/** Texts made of random characters of an alphabet. */
final class RandomText {
    private final Random random;

    RandomText(long seed) {
        random = new Random(seed);
    }

    /** A text of exactly so many units of the alphabet. */
    String of(Alphabet alphabet, int units) {
        var text = new StringBuilder();
        int left = units;
        while (left > 0) {
            int codePoint = codePoint(alphabet);
            int size = alphabet.units(codePoint);
            if (size > 0 && size <= left) {
                text.appendCodePoint(codePoint);
                left -= size;
            }
        }
        return text.toString();
    }

    private int codePoint(Alphabet alphabet) {
        return switch (alphabet) {
            case GSM7 -> {
                byte[] septets = {septet(), septet()};
                yield Gsm7.text(septets).codePointAt(0);
            }
            case OCTETS -> random.nextInt(0x100);
            case UCS2 -> scalar();
        };
    }

    /** One in eight an escape, so that extension characters are not rare. */
    private byte septet() {
        return (byte) (random.nextInt(8) == 0 ? 0x1B : random.nextInt(128));
    }

    /** A character that is no half of a surrogate pair. */
    private int scalar() {
        int range = random.nextBoolean() ? 0x110000 : 0x3000;
        int codePoint = random.nextInt(range);
        return codePoint >= 0xD800 && codePoint <= 0xDFFF ? '?' : codePoint;
    }

    byte[] octets(int count) {
        var octets = new byte[count];
        random.nextBytes(octets);
        return octets;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}
