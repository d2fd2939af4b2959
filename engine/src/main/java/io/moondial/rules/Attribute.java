package io.moondial.rules;

import io.moondial.rules.Trigger.Conditions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a condition is about: one attribute of a request. All are compared as text, a subsystem
 * number by its decimal digits.
 */
@SuppressWarnings("ImmutableEnumChecker") // the functions are references to accessors
enum Attribute {
    USSD_STRING(Conditions::ussdString, Conditions::ussdStringPrefix, TriggerRequest::ussdString),
    DESTINATION(
            Conditions::destination, Conditions::destinationPrefix, TriggerRequest::destination),
    ORIGINATION(
            Conditions::origination, Conditions::originationPrefix, TriggerRequest::origination),
    MSISDN(Conditions::msisdn, Conditions::msisdnPrefix, TriggerRequest::msisdn),
    IMSI(none -> null, Conditions::imsiPrefix, TriggerRequest::imsi),
    SOURCE_GT(none -> null, Conditions::sourceGtPrefix, TriggerRequest::sourceGt),
    DEST_SSN(it -> digits(it.destSsn()), none -> null, it -> digits(it.destSsn()));

    private final Function<Conditions, @Nullable String> exact;
    private final Function<Conditions, @Nullable String> prefix;
    private final Function<TriggerRequest, @Nullable String> value;

    Attribute(
            Function<Conditions, @Nullable String> exact,
            Function<Conditions, @Nullable String> prefix,
            Function<TriggerRequest, @Nullable String> value) {
        this.exact = exact;
        this.prefix = prefix;
        this.value = value;
    }

    /** What the attribute must equal; null: anything, also nothing. */
    @Nullable String exactIn(Conditions conditions) {
        return exact.apply(conditions);
    }

    /** What the attribute must begin with; null: anything, also nothing. */
    @Nullable String prefixIn(Conditions conditions) {
        return prefix.apply(conditions);
    }

    /** What the request has; null: it lacks the attribute. */
    @Nullable String valueIn(TriggerRequest request) {
        return value.apply(request);
    }

    /** Whether the conditions on this attribute hold for this value of it; null: it is missing. */
    boolean holds(Conditions conditions, @Nullable String found) {
        String whole = exactIn(conditions);
        String beginning = prefixIn(conditions);
        return (whole == null || whole.equals(found))
                && (beginning == null || (found != null && found.startsWith(beginning)));
    }

    private static @Nullable String digits(@Nullable Integer number) {
        return number == null ? null : number.toString();
    }
}
