package io.moondial.channel.ss7;

/** The local error codes that the network layer itself sends (3GPP TS 29.002 17.6.6). */
final class MapError {
    static final int DATA_MISSING = 35;
    static final int UNEXPECTED_DATA_VALUE = 36;
    static final int UNKNOWN_ALPHABET = 71;

    private MapError() {}
}
