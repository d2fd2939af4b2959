package io.moondial.channel;

import org.jspecify.annotations.Nullable;

/**
 * One end of a dialog as SCCP names it (ITU-T Q.713 3.4).
 *
 * @param pointCode null if the address has none
 * @param ssn subsystem number; null if the address has none
 * @param globalTitle its digits; null if the address has none
 * @param routingIndicator 0: route on the global title; 1: route on the subsystem number
 */
public record Party(
        @Nullable Integer pointCode,
        @Nullable Integer ssn,
        @Nullable String globalTitle,
        int routingIndicator) {
    public static final int ROUTE_ON_GT = 0;
    public static final int ROUTE_ON_SSN = 1;
}
