package io.moondial.rules;

import io.moondial.rules.Trigger.Conditions;
import org.jspecify.annotations.Nullable;

/**
 * What a condition is about: one attribute of a request. All are compared as text, a subsystem
 * number by its decimal digits.
 */
enum Attribute {
    USSD_STRING,
    DESTINATION,
    ORIGINATION,
    MSISDN,
    IMSI,
    SOURCE_GT,
    DEST_SSN;

    /** What the attribute must equal; null: anything, also nothing. */
    @Nullable String exactIn(Conditions conditions) {
        return switch (this) {
            case USSD_STRING -> conditions.ussdString();
            case DESTINATION -> conditions.destination();
            case ORIGINATION -> conditions.origination();
            case MSISDN -> conditions.msisdn();
            case IMSI, SOURCE_GT -> null;
            case DEST_SSN -> digits(conditions.destSsn());
        };
    }

    /** What the attribute must begin with; null: anything, also nothing. */
    @Nullable String prefixIn(Conditions conditions) {
        return switch (this) {
            case USSD_STRING -> conditions.ussdStringPrefix();
            case DESTINATION -> conditions.destinationPrefix();
            case ORIGINATION -> conditions.originationPrefix();
            case MSISDN -> conditions.msisdnPrefix();
            case IMSI -> conditions.imsiPrefix();
            case SOURCE_GT -> conditions.sourceGtPrefix();
            case DEST_SSN -> null;
        };
    }

    /** What the request has; null: it lacks the attribute. */
    @Nullable String valueIn(TriggerRequest request) {
        return switch (this) {
            case USSD_STRING -> request.ussdString();
            case DESTINATION -> request.destination();
            case ORIGINATION -> request.origination();
            case MSISDN -> request.msisdn();
            case IMSI -> request.imsi();
            case SOURCE_GT -> request.sourceGt();
            case DEST_SSN -> digits(request.destSsn());
        };
    }

    private static @Nullable String digits(@Nullable Integer number) {
        return number == null ? null : number.toString();
    }
}
