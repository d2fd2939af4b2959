package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.config.WrittenSettings;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger.Conditions;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each attribute of a trigger meets what really comes: one dialog that has it, one that has
 * another.
 */
class TriggersOverTheWireTest {
    private static final Address MINE = Address.international("27761485722");
    private static final Address OTHER = Address.international("44761485722");
    private static final Address IMSI = new Address("655011420096316", 1, Address.LAND_MOBILE);
    private static final String CODE = "*100#";

    @TempDir Path folder;

    private static FarSide.Call call(
            String code,
            @Nullable Address msisdn,
            @Nullable Address destination,
            @Nullable Address origination,
            int ssn)
            throws UnsendableText {
        return new FarSide.Call(
                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                UssdString.encode(code, Dcs.UNSPECIFIED),
                msisdn,
                destination,
                origination,
                ssn);
    }

    private void selects(Conditions conditions, FarSide.Call matching, FarSide.Call other) {
        try (LiveDesk live = new LiveDesk(folder, "return 'selected'", conditions, 10)) {
            assertThat(answerTo(live, matching)).isEqualTo(new Screen.Respond("selected"));
            assertThat(answerTo(live, other)).isEqualTo(new Screen.Decline(36));
        }
    }

    private static Screen answerTo(LiveDesk live, FarSide.Call call) {
        return LiveDesk.next(live.begin(call));
    }

    @Test
    void the_dialled_code() throws UnsendableText {
        selects(
                WrittenSettings.settings(Conditions.class, "ussd_string: '" + CODE + "'"),
                call(CODE, null, null, null, 6),
                call("*100*1#", null, null, null, 6));
        selects(
                WrittenSettings.settings(Conditions.class, "ussd_string_prefix: '*100'"),
                call("*100*1#", null, null, null, 6),
                call("*101#", null, null, null, 6));
    }

    @Test
    void the_destination_reference() throws UnsendableText {
        selects(
                WrittenSettings.settings(Conditions.class, "destination: '" + MINE.digits() + "'"),
                call(CODE, null, MINE, null, 6),
                call(CODE, null, OTHER, null, 6));
        selects(
                WrittenSettings.settings(Conditions.class, "destination_prefix: '2776'"),
                call(CODE, null, MINE, null, 6),
                call(CODE, MINE, null, null, 6));
    }

    @Test
    void the_origination_reference() throws UnsendableText {
        selects(
                WrittenSettings.settings(Conditions.class, "origination: '" + MINE.digits() + "'"),
                call(CODE, null, null, MINE, 6),
                call(CODE, null, null, OTHER, 6));
        selects(
                WrittenSettings.settings(Conditions.class, "origination_prefix: '27'"),
                call(CODE, null, null, MINE, 6),
                call(CODE, null, null, OTHER, 6));
    }

    @Test
    void the_msisdn() throws UnsendableText {
        selects(
                WrittenSettings.settings(Conditions.class, "msisdn: '" + MINE.digits() + "'"),
                call(CODE, MINE, null, null, 6),
                call(CODE, OTHER, null, null, 6));
        selects(
                WrittenSettings.settings(Conditions.class, "msisdn_prefix: '2776'"),
                call(CODE, MINE, null, null, 6),
                call(CODE, null, MINE, null, 6));
    }

    @Test
    void the_imsi_and_only_where_the_reference_is_one() throws UnsendableText {
        selects(
                WrittenSettings.settings(Conditions.class, "imsi_prefix: '65501'"),
                call(CODE, null, IMSI, null, 6),
                call(CODE, null, Address.international(IMSI.digits()), null, 6));
    }

    @Test
    void the_subsystem_called() throws UnsendableText {
        selects(
                WrittenSettings.settings(Conditions.class, "dest_ssn: 147"),
                call(CODE, null, null, null, 147),
                call(CODE, null, null, null, 6));
    }

    @Test
    void the_global_title_of_the_far_side() throws UnsendableText {
        String theirs = EmbeddedNetwork.HANDSET_GLOBAL_TITLE.substring(0, 5);
        try (LiveDesk live =
                new LiveDesk(
                        folder,
                        "return 'selected'",
                        WrittenSettings.settings(
                                Conditions.class, "source_gt_prefix: '" + theirs + "'"),
                        10)) {
            assertThat(answerTo(live, call(CODE, null, null, null, 6)))
                    .isEqualTo(new Screen.Respond("selected"));
        }
        try (LiveDesk live =
                new LiveDesk(
                        folder,
                        "return 'selected'",
                        WrittenSettings.settings(Conditions.class, "source_gt_prefix: '44'"),
                        10)) {
            assertThat(answerTo(live, call(CODE, null, null, null, 6)))
                    .isEqualTo(new Screen.Decline(36));
        }
    }
}
