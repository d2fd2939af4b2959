package io.moondial.text;

/**
 * A text that can be looked at so often and no more: what bounds a regular expression that tries
 * too many ways.
 */
public final class BoundedText implements CharSequence {
    private final CharSequence text;
    private final int[] looks;

    /**
     * A text, and how often a character of it may be looked at.
     *
     * @param looks a million take about a hundredth of a second
     */
    public BoundedText(CharSequence text, int looks) {
        this(text, new int[] {looks});
    }

    private BoundedText(CharSequence text, int[] looks) {
        this.text = text;
        this.looks = looks;
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (--looks[0] < 0) {
            throw new SpentException();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new BoundedText(text.subSequence(start, end), looks);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** The text has been looked at as often as allowed. */
    public static final class SpentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SpentException() {
            super("too many steps", null, false, false);
        }
    }
}
