package io.moondial.logic;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.SignallingTap;
import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.handset.Handset;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tap on the signalling sees of a dialog with a secret menu. */
class SecretsInTracesTest {
    private static final String ASKS_TWICE =
            """
            local ussd = require "ussd"
            local pin = ussd.menu("PIN?", {secret = true})
            return "Thanks, " .. ussd.menu("Name?")
            """;

    @TempDir Path folder;

    private final List<SignallingMessage> seen = new CopyOnWriteArrayList<>();

    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static String packed(String text) throws Exception {
        return latin(UssdString.encode(text, Dcs.UNSPECIFIED).octets());
    }

    private String everything() {
        StringBuilder all = new StringBuilder();
        seen.forEach(message -> message.parts().forEach(part -> all.append(latin(part))));
        return all.toString();
    }

    @Test
    void the_answer_to_a_secret_menu_is_asterisks_and_the_rest_is_as_it_was() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASKS_TWICE)) {
            live.network.attach(seen::add);
            Handset handset = live.dial("*5#");
            handset.answer(LiveDesk.menu(handset), "73915");
            handset.answer(LiveDesk.menu(handset), "Thandi");
            assertThat(LiveDesk.next(handset).word()).isEqualTo("respond");
            live.settle();
        }
        assertThat(everything())
                .contains(packed("*5#"), packed("PIN?"), packed("Thanks, Thandi"))
                .contains(packed("*****"))
                .doesNotContain(packed("73915"));
        assertThat(seen).hasSize(6);
    }

    @Test
    void a_menu_that_has_the_invoke_id_of_a_secret_one_again_is_not_secret() throws Exception {
        String lua =
                """
                ussd.menu("PIN?", {secret = true})
                for i = 1, 126 do ussd.menu("More?") end
                ussd.menu("Name?")
                return "Thanks"
                """;
        try (LiveDesk live = LiveDesk.running(folder, lua)) {
            live.network.attach(seen::add);
            Handset handset = live.dial("*5#");
            int secret = LiveDesk.answer(handset, "73915");
            for (int i = 0; i < 126; i++) {
                LiveDesk.answer(handset, "y");
            }
            assertThat(LiveDesk.answer(handset, "73915")).isEqualTo(secret);
            assertThat(LiveDesk.next(handset).word()).isEqualTo("respond");
            live.settle();
        }
        assertThat(everything()).containsOnlyOnce(packed("73915")).contains(packed("*****"));
    }

    @Test
    void a_secret_answer_that_comes_when_its_dialog_is_gone_is_masked_too() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, ASKS_TWICE)) {
            live.network.attach(seen::add);
            Handset handset = live.dial("*5#");
            var menu = LiveDesk.menu(handset);
            live.desk.stop(Duration.ZERO);
            try {
                handset.answer(menu, "73915");
            } catch (DialogGoneException e) {
                // The engine's abort came first; then there is no answer to mask.
            }
            live.settle();
        }
        assertThat(everything()).contains(packed("PIN?")).doesNotContain(packed("73915"));
    }

    @Test
    void every_message_says_whose_transaction_it_is_of() throws Exception {
        String far;
        try (LiveDesk live = LiveDesk.running(folder, "return 'Hello'")) {
            live.network.attach(seen::add);
            Handset handset = live.dial("*5#");
            far = handset.tid();
            assertThat(LiveDesk.next(handset).word()).isEqualTo("respond");
            live.settle();
        }
        assertThat(seen).hasSize(2);
        SignallingMessage begin = seen.getFirst();
        assertThat(begin.outgoing()).isFalse();
        assertThat(begin.transaction())
                .isEqualTo(new SignallingMessage.Transaction(false, null, far, "27761485722"));
        SignallingMessage end = seen.getLast();
        assertThat(end.outgoing()).isTrue();
        // TC-END names the far side's transaction alone.
        assertThat(Objects.requireNonNull(end.transaction()))
                .isEqualTo(new SignallingMessage.Transaction(true, null, far, null));
    }

    @Test
    void a_tap_that_is_detached_sees_nothing_more() throws Exception {
        try (LiveDesk live = LiveDesk.running(folder, "return 'Hello'")) {
            SignallingTap tap = seen::add;
            live.network.attach(tap);
            live.network.detach(tap);
            assertThat(LiveDesk.next(live.dial("*5#")).word()).isEqualTo("respond");
            live.settle();
        }
        assertThat(seen).isEmpty();
    }
}
