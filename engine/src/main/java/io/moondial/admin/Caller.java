package io.moondial.admin;

/**
 * Who calls.
 *
 * @param name a user or the name of a token; {@code local} for the owner of the unix socket
 */
public record Caller(String name, Role role) {
    /** Whoever can open the owner-only unix socket. */
    static final Caller LOCAL = new Caller("local", Role.ADMIN);

    /** A subscriber's number as this caller may see it: a viewer sees all but the last 4 digits. */
    public String number(String digits) {
        if (role.mayDo(Role.OPERATOR)) {
            return digits;
        }
        int shown = Math.max(0, digits.length() - 4);
        return digits.substring(0, shown) + "*".repeat(digits.length() - shown);
    }
}
