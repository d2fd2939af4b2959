package io.moondial.modules.ussd;

import io.moondial.channel.NodeAddress;
import io.moondial.config.Key;
import io.moondial.config.Settings;
import java.util.Map;

/** The section {@code ussd} of the rules file. */
@Settings(
        "The other USSD nodes that scripts open dialogs with (ussd.open). A script reaches no other: what it sends there is in a subscriber's name.")
record UssdSettings(
        @Key(
                        value =
                                "Each node by the name that scripts call it by. A script may also give its address, as it stands here.",
                        matches = UssdSettings.NODE_NAME,
                        allowed =
                                "a name such as old_gateway: a letter, then up to 39 of letters, digits, _ and -",
                        example = "old_gateway")
                Map<String, NodeAddress> nodes,
        @Key(
                        value =
                                "How many dialogs with other nodes one script may have open at once. One more is refused: ussd.open returns nil and limit.",
                        unset = "3",
                        from = "1",
                        to = "100")
                int maxOpen,
        @Key(
                        value =
                                "How many such dialogs all scripts may have open at once, relays too. Beyond that ussd.open returns nil and busy. They are dialogs of the stack, see tcap: max_dialogs.",
                        unset = "5000",
                        from = "1",
                        to = "1000000")
                int maxOpenInAll) {
    static final String NODE_NAME = "[A-Za-z][A-Za-z0-9_-]{0,39}";

    UssdSettings {
        nodes = Map.copyOf(nodes);
    }
}
