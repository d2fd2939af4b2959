package io.moondial.admin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who calls.
 *
 * @param name a user or the name of a token; {@code local} for the owner of the unix socket
 */
public record Caller(String name, Role role) {
    /** How many digits of a number a viewer does not see. */
    private static final int HIDDEN = 4;

    /** What may be a subscriber's number in a text. */
    private static final Pattern NUMBER =
            Pattern.compile("\\p{Nd}(?:[ .\\-\u2010\u2011\u00a0]?\\p{Nd}){6,}+");

    /** Whoever can open the owner-only unix socket. */
    static final Caller LOCAL = new Caller("local", Role.ADMIN);

    /** Who has not said who he is. */
    static final Caller NOBODY = new Caller("nobody", Role.NONE);

    /** A subscriber's number as this caller may see it: a viewer sees all but the last 4 digits. */
    public String number(String digits) {
        if (role.mayDo(Role.OPERATOR)) {
            return digits;
        }
        int shown = Math.max(0, digits.length() - HIDDEN);
        return digits.substring(0, shown) + "*".repeat(digits.length() - shown);
    }

    /**
     * A free text as this caller may see it, such as a screen, a log line or a field of a record: a
     * viewer sees no number in it that may be a subscriber's.
     *
     * <p>That is every run of 7 or more digits, whatever the script; a blank, a dot or a hyphen may
     * stand between two of them. Its last 4 digits are masked, as in {@link #number}. Amounts and
     * dates that look like it are masked too.
     */
    public String text(String text) {
        if (role.mayDo(Role.OPERATOR)) {
            return text;
        }
        Matcher run = NUMBER.matcher(text);
        StringBuilder masked = null;
        while (run.find()) {
            if (masked == null) {
                masked = new StringBuilder(text);
            }
            int hidden = 0;
            for (int i = run.end(); hidden < HIDDEN && i > run.start(); ) {
                int character = Character.codePointBefore(text, i);
                int length = Character.charCount(character);
                i -= length;
                if (Character.isDigit(character)) {
                    masked.replace(i, i + length, "*".repeat(length));
                    hidden++;
                }
            }
        }
        return masked == null ? text : masked.toString();
    }
}
