package io.moondial.rules;

import io.moondial.rules.Trigger.Conditions;
import org.jspecify.annotations.Nullable;

/** What is known for certain of a request's attributes, or of those of a whole set of requests. */
sealed interface Facts {

    /** What the attribute is; null: it is missing, or it is not the same in all. */
    @Nullable String whole(Attribute attribute);

    /** The longest text that the attribute is known to begin with; null: it may be missing. */
    @Nullable String beginning(Attribute attribute);

    /** Of one request: everything. */
    record OfRequest(TriggerRequest request) implements Facts {
        @Override
        public @Nullable String whole(Attribute attribute) {
            return attribute.valueIn(request);
        }

        @Override
        public @Nullable String beginning(Attribute attribute) {
            return attribute.valueIn(request);
        }
    }

    /**
     * Of all requests that meet the conditions: no more than the conditions say. They must not
     * contradict each other, for then there is no such request.
     */
    record OfAllThatMeet(Conditions conditions) implements Facts {
        @Override
        public @Nullable String whole(Attribute attribute) {
            return attribute.exactIn(conditions);
        }

        @Override
        public @Nullable String beginning(Attribute attribute) {
            String whole = attribute.exactIn(conditions);
            if (whole != null) {
                return whole;
            }
            String prefix = attribute.prefixIn(conditions);
            // A USSD string alone is in every request, and so begins with the empty text at least.
            return prefix == null && attribute == Attribute.USSD_STRING ? "" : prefix;
        }
    }
}
