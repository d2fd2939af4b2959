package io.moondial.channel;

/**
 * The transaction ids of a dialog that no script has, as the first argument of its log lines. Each
 * is lower-case hex of the octets on the wire, and empty if there is none.
 *
 * @param local ours
 * @param remote the far side's
 */
public record DialogTids(String local, String remote) {
    /** As log lines begin: ours, then the far side's. */
    @Override
    public String toString() {
        return (local + ' ' + remote).strip();
    }
}
