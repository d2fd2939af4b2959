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

    /** The fewest digits of what may be a subscriber's number. */
    private static final int SHORTEST = 7;

    private static final Pattern TOGETHER = Pattern.compile("\\p{Nd}+");

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
     * stand between two of them. Of 7 or more that stand together the last 4 are masked, as in
     * {@link #number}; what else belongs to the run is masked as a whole. So an amount or a date
     * after a number takes no mask away from it. Amounts and dates that look like a number are
     * masked too.
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
            Matcher together = TOGETHER.matcher(text).region(run.start(), run.end());
            while (together.find()) {
                int[] digits = together.group().codePoints().toArray();
                int hidden = digits.length < SHORTEST ? digits.length : HIDDEN;
                int from = text.offsetByCodePoints(together.end(), -hidden);
                masked.replace(from, together.end(), "*".repeat(together.end() - from));
            }
        }
        return masked == null ? text : masked.toString();
    }
}
