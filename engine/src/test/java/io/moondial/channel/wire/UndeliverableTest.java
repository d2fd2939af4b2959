package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.DIALOGUE;
import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.invoke;
import static io.moondial.channel.wire.Ber.join;
import static io.moondial.channel.wire.RawPeer.OTID;
import static io.moondial.channel.wire.RawPeer.STAR_100;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.config.WrittenSettings;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * No message vanishes: what goes nowhere is counted by its cause, and logged with its addresses.
 */
class UndeliverableTest extends OverTheWire {
    private static final byte[] BEGIN = Ber.begin(OTID, DIALOGUE, invoke(3, 59, STAR_100));
    private static final String LINES_OF_SUBSYSTEMS =
            "io.moondial.channel.ss7.ScreenedSccp$SubsystemWatch";
    private static final String OURS = "27829000000";

    private final Logger log = (Logger) LoggerFactory.getLogger("io.moondial.channel.ss7.Drops");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(lines);
    }

    /** Sends it, and holds that it is counted and logged once, and nothing else happens. */
    private void assertTold(Consumer<Line> sent, String counter, String... words) throws Exception {
        long before = peer.line().counters().value(counter);
        sent.accept(peer.line());
        peer.expectSilence();
        assertThat(peer.line().counters().value(counter)).as(counter).isEqualTo(before + 1);
        assertThat(lines.list)
                .filteredOn(it -> it.getLevel() == Level.WARN)
                // a summary of another line's messages, which came before, may be due now
                .filteredOn(it -> !it.getMessage().contains("more within about"))
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains(words)
                .doesNotContain("[", "-1");
        lines.list.clear();
    }

    private static Consumer<Line> classNought(byte[] called) {
        return line -> line.send(Sccp.udtOfClass(0, called, Sccp.PEER, BEGIN));
    }

    @Test
    void a_message_to_a_title_that_is_not_ours() throws Exception {
        assertTold(
                classNought(Sccp.title(6, "4915112345678")),
                "sccp.dropped.no_translation_for_this_address",
                "point code 1",
                "global title 4915112345678, subsystem 6",
                "did not ask");
        assertTold(
                classNought(Sccp.title(6, OURS + "1")),
                "sccp.dropped.no_translation_for_this_address",
                "global title " + OURS + "1");
    }

    @Test
    void a_message_to_our_title_without_its_nature() throws Exception {
        // GTI 2: a translation type, then digits.
        byte[] called = join(hex("0a0600"), hex("722809000000"));
        assertTold(
                classNought(called),
                "sccp.dropped.no_translation_for_this_address",
                "from point code 1",
                "global title "
                        + OURS
                        + "0, subsystem 6"); // its digits are always of a whole octet
    }

    @Test
    void a_message_to_our_title_and_a_subsystem_that_is_not_ours() throws Exception {
        assertTold(
                classNought(Sccp.title(8, OURS)),
                "sccp.dropped.unequipped_user",
                "point code 1",
                "global title " + OURS + ", subsystem 8");
    }

    @Test
    void what_is_to_be_returned_is_up_to_the_rate_of_answers_to_strangers() throws Exception {
        Guards none =
                WrittenSettings.settings(
                        Guards.class,
                        "max_unknown_id_answers: 0",
                        "max_unknown_id_answers_per_far_end: 0");
        try (RawPeer other = new RawPeer(Medium.MEMORY, SignallingLimits.of(100, none))) {
            for (int i = 0; i < 454; i++) {
                byte[] title = Sccp.title(8, "2783%07d".formatted(i));
                other.line().send(Sccp.udtReturnedOnError(Sccp.title(8, OURS), title, BEGIN));
            }
            other.send(BEGIN);
            other.dialog().link().send(new Message.End(List.of()));
            assertThat(hex(other.answer())).as("the first answer").startsWith("64");
            assertThat(other.line().counters().value("sccp.unreturned")).isEqualTo(454);
            assertThat(other.line().counters().value("sccp.dropped.unequipped_user"))
                    .isEqualTo(454);
        }
        assertThat(lines.list)
                .first()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .endsWith(
                        "subsystem 8: unequipped user; not returned: as many answers went out within this second as are allowed");
    }

    @Test
    void a_message_for_another_point() throws Exception {
        assertTold(
                line -> line.send(1, 77, Sccp.udtOfClass(0, Sccp.ENGINE, Sccp.PEER, BEGIN)),
                "sccp.dropped.other_point_code",
                "from point code 1",
                "for point code 77, ours is 2");
    }

    @Test
    void a_message_from_a_point_that_is_not_named() throws Exception {
        assertTold(
                line -> line.send(9, 2, Sccp.udtOfClass(0, Sccp.ENGINE, Sccp.PEER, BEGIN)),
                "sccp.dropped.unknown_origin",
                "from point code 9");
    }

    @Test
    void a_segment_without_its_first_one() throws Exception {
        assertTold(
                line -> line.send(Sccp.segment(false, 0, 79, BEGIN)),
                "sccp.dropped.segment_without_first",
                "from point code 1",
                "43010008");
    }

    @Test
    void management_that_is_called_by_a_title() throws Exception {
        byte[] outOfService = hex("0208010000"); // SSP: subsystem 8 of point code 1
        assertTold(
                line -> line.send(Sccp.udtOfClass(0, Sccp.title(1, OURS), Sccp.PEER, outOfService)),
                "sccp.dropped.management_by_title",
                "from point code 1");
        peer.end(peer.begin());
    }

    @Test
    void what_comes_back_undelivered_says_why_in_words() throws Exception {
        RecordingDesk.Begun dialog = peer.beginWithMenu();
        String id = dialog.opening().localTid();
        assertTold(
                line -> line.send(Sccp.udts(4, Sccp.ENGINE, Sccp.PEER, Ber.proceed(id, OTID))),
                "tcap.returned",
                id + " " + OTID + " TC-CONTINUE was returned undelivered: unequipped user");
        assertTold(
                line -> line.send(Sccp.udts(7, Sccp.ENGINE, Sccp.PEER, Ber.proceed(id, OTID))),
                "tcap.returned",
                "unqualified");
        peer.end(dialog);
    }

    @Test
    void an_answer_to_a_subsystem_that_the_far_side_has_taken_out_of_service() throws Exception {
        RecordingDesk.Begun dialog = peer.begin();
        peer.line().send(scmg("0208010000")); // SSP
        awaitManagement();
        assertThat(dialog.link().send(new Message.End(List.of())).orElseThrow())
                .isEqualTo(
                        "SCCP has no route to point code 1, subsystem 8: subsystem 8 of point code 1 is out of service, as the far side says (SSP)");
        peer.line().send(scmg("0108010000")); // SSA
        awaitManagement();
        peer.end(peer.begin());
    }

    @Test
    void a_subsystem_that_comes_and_goes_all_the_time_has_few_lines() throws Exception {
        Logger watch = (Logger) LoggerFactory.getLogger(LINES_OF_SUBSYSTEMS);
        watch.addAppender(lines);
        try {
            for (int i = 0; i < 500; i++) {
                peer.line().send(scmg("0208010000")); // SSP
                peer.line().send(scmg("0108010000")); // SSA
            }
            awaitManagement();
        } finally {
            watch.detachAppender(lines);
        }
        // Ten in each second that this takes.
        assertThat(lines.list).hasSizeBetween(1, 500);
    }

    private static byte[] scmg(String message) {
        return Sccp.udt(hex("43020001"), hex("43010001"), hex(message));
    }

    /** What was sent before is done: a test of our subsystem behind it is answered. */
    private static void awaitManagement() throws Exception {
        peer.line().send(scmg("0306020000")); // SST
        assertThat(hex(Sccp.data(peer.sccp()))).isEqualTo("0106020000"); // SSA
    }

    @Test
    void a_hundred_of_one_cause_make_ten_lines() throws Exception {
        for (int i = 0; i < 100; i++) {
            peer.line().send(hex("ff"));
        }
        peer.expectSilence();
        assertThat(lines.list).hasSizeBetween(1, 60);
    }
}
