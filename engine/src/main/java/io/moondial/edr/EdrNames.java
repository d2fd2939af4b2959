package io.moondial.edr;

/**
 * The names that the record format allows.
 *
 * <p>Source: N-Squared n2svcd Technical Guide, EDR messages ({@code EDR-LOG}); the characters of an
 * instance id are ours: those that every example has, and no separator.
 */
final class EdrNames {
    private static final char FIRST_PRINTABLE = '!';
    private static final char LAST_PRINTABLE = '~';

    private EdrNames() {}

    static boolean isEvent(String name) {
        return isName(name, true);
    }

    static boolean isField(String name) {
        return isName(name, false);
    }

    static boolean isInstanceId(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!isInstanceIdChar(id.charAt(i))) {
                return false;
            }
        }
        return !id.isEmpty();
    }

    static void requireEvent(String name) {
        if (!isEvent(name)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an EDR event's name: a letter, then letters, digits, _ and -."
                            .formatted(name));
        }
    }

    static void requireField(String name) {
        if (!isField(name)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an EDR field's name: a letter, then letters, digits and _."
                            .formatted(name));
        }
    }

    static void requireStream(String name) {
        if (!isField(name)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an EDR stream's name: a letter, then letters, digits and _."
                            .formatted(name));
        }
    }

    static void requireInstanceId(String id) {
        if (!isInstanceId(id)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an instance id: printable ASCII without blanks and < > |."
                            .formatted(id));
        }
    }

    private static boolean isInstanceIdChar(char c) {
        return c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE && c != '<' && c != '>' && c != '|';
    }

    private static boolean isName(String name, boolean hyphens) {
        if (name.isEmpty() || !isLetter(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLetter(c) && !isDigit(c) && c != '_' && !(hyphens && c == '-')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
