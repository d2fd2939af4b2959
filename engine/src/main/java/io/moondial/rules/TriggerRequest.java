package io.moondial.rules;

import org.jspecify.annotations.Nullable;

/**
 * What triggers look at: the beginning of a dialog. Null if the request does not have it; then no
 * condition on it holds.
 */
public record TriggerRequest(
        String ussdString,
        @Nullable String destination,
        @Nullable String origination,
        @Nullable String msisdn,
        @Nullable String imsi,
        @Nullable String sourceGt,
        @Nullable Integer destSsn) {}
