package io.moondial.rules;

/**
 * A text whose beginning is also a number, five bits a character: up to the first character that is
 * not between {@code #} and {@code A}, which is all of most service codes and numbers.
 *
 * @param packed its last character in the lowest bits; none is packed as 0
 * @param length how many characters are packed, at most {@value #MOST}
 */
record PackedText(String text, long packed, int length) {
    private static final int BITS = 5;

    /** As many as a number holds. */
    static final int MOST = Long.SIZE / BITS;

    private static final int BEFORE_FIRST = '#' - 1;

    static PackedText of(String text) {
        int most = Math.min(text.length(), MOST);
        long packed = 0;
        for (int i = 0; i < most; i++) {
            int code = text.charAt(i) - BEFORE_FIRST;
            if (code <= 0 || code >= 1 << BITS) {
                return new PackedText(text, packed, i);
            }
            packed = (packed << BITS) | code;
        }
        return new PackedText(text, packed, most);
    }

    /** The number of the first so many of the packed characters, which no other beginning has. */
    long beginning(int characters) {
        return packed >>> (BITS * (length - characters));
    }
}
