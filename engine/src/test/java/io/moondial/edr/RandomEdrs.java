package io.moondial.edr;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A seeded maker of records, of all shapes that the format has. */
final class RandomEdrs {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String FIELD = LETTERS + "0123456789_";
    private static final String EVENT = FIELD + "-";
    private static final String ID = FIELD + "-~,:.%=";

    private RandomEdrs() {}

    static Edr edr(SplittableRandom random) {
        var at = Instant.ofEpochMilli(random.nextLong(-60_000_000_000_000L, 250_000_000_000_000L));
        var edr = Edr.builder(at, name(random, ID, ID), name(random, LETTERS, EVENT));
        int fields = random.nextInt(6);
        for (int i = 0; i < fields; i++) {
            // The number keeps names apart.
            edr.list(name(random, LETTERS, FIELD) + "_" + i, values(random));
        }
        return edr.build();
    }

    /** Well-formed Unicode of any kind, ASCII and separators more often. */
    static String text(SplittableRandom random) {
        var text = new StringBuilder();
        int length = random.nextInt(20);
        while (text.length() < length) {
            text.appendCodePoint(codePoint(random));
        }
        return text.toString();
    }

    private static int codePoint(SplittableRandom random) {
        int point =
                switch (random.nextInt(4)) {
                    case 0 -> "|=,%<>\n\r\0#*".codePointAt(random.nextInt(11));
                    case 1 -> random.nextInt(Character.MAX_CODE_POINT + 1);
                    case 2 -> random.nextInt(0x800);
                    default -> random.nextInt(128);
                };
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return surrogate ? 'x' : point;
    }

    private static List<String> values(SplittableRandom random) {
        var values = new ArrayList<String>();
        int count = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1;
        for (int i = 0; i < count; i++) {
            values.add(text(random));
        }
        return values;
    }

    private static String name(SplittableRandom random, String first, String rest) {
        var name = new StringBuilder();
        name.append(first.charAt(random.nextInt(first.length())));
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            name.append(rest.charAt(random.nextInt(rest.length())));
        }
        return name.toString();
    }
}
