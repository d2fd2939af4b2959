package io.moondial.push;

import static io.moondial.push.PushBench.SOMEBODY;
import static io.moondial.push.PushReport.State.ANSWERED;
import static io.moondial.push.PushReport.State.COMPLETED;
import static io.moondial.push.PushReport.State.EXPIRED;
import static io.moondial.push.PushReport.State.FAILED;
import static io.moondial.push.PushReport.State.QUEUED;
import static io.moondial.push.PushReport.State.ROUTING;
import static io.moondial.push.PushReport.State.SENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.channel.Address;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.RoutingInfo;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.Reason;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a subscriber is reached, and what is tried again. */
class PushLinkTest {
    private final PushBench bench = new PushBench("{route: hlr}");

    @Test
    void the_hlr_is_reached_by_the_number_and_gets_it_as_the_destination() {
        bench.accepted(SOMEBODY);

        OutgoingDialog dialog = bench.next().dialog();

        assertThat(dialog.called()).isEqualTo(new Party(null, 6, SOMEBODY, Party.ROUTE_ON_GT));
        assertThat(dialog.destination()).isEqualTo(Address.international(SOMEBODY));
        assertThat(dialog.ssn()).isEqualTo(6);
        assertThat(dialog.msisdn()).isEqualTo(SOMEBODY);
    }

    @Test
    void a_fixed_node_is_reached_by_its_title_or_by_its_point_code() {
        bench.reload("{route: fixed, fixed: {global_title: \"27829000002\", ssn: 8}, ssn: 147}");
        bench.accepted(SOMEBODY);
        OutgoingDialog onTitle = bench.next().dialog();
        bench.reload("{route: fixed, fixed: {point_code: 12}}");
        bench.accepted("27761485723");
        bench.time.pass(Duration.ofSeconds(1));
        OutgoingDialog onPointCode = bench.next().dialog();

        assertThat(onTitle.called())
                .isEqualTo(new Party(null, 8, "27829000002", Party.ROUTE_ON_GT));
        assertThat(onTitle.ssn()).isEqualTo(147);
        assertThat(onPointCode.called()).isEqualTo(new Party(12, 6, null, Party.ROUTE_ON_SSN));
        assertThat(onPointCode.destination()).isEqualTo(Address.international("27761485723"));
    }

    @Test
    void the_msc_that_the_hlr_names_gets_the_imsi() {
        bench.reload("{route: sri_sm}");
        String id = bench.accepted(SOMEBODY);
        assertThat(bench.state(id)).as("nothing was sent yet").isEqualTo(ROUTING);
        PushBench.Asked asked = bench.asked.removeFirst();

        asked.receiver().accept(new RoutingInfo.Found("655010000000001", "27829000009"));
        OutgoingDialog dialog = bench.next().dialog();

        assertThat(asked.query().msisdn()).isEqualTo(SOMEBODY);
        assertThat(asked.query().hlr()).isEqualTo(new Party(null, 6, SOMEBODY, Party.ROUTE_ON_GT));
        assertThat(dialog.called()).isEqualTo(new Party(null, 8, "27829000009", Party.ROUTE_ON_GT));
        assertThat(dialog.destination())
                .isEqualTo(new Address("655010000000001", 1, Address.LAND_MOBILE));
        assertThat(dialog.msisdn()).isEqualTo(SOMEBODY);
        assertThat(bench.state(id)).isEqualTo(SENT);
    }

    @Test
    void what_the_hlr_refuses_is_tried_again_or_not_as_an_error_of_the_far_side() {
        bench.reload("{route: sri_sm, retry: {on: [absent_subscriber], after: [1m]}}");
        String id = bench.accepted(SOMEBODY);

        bench.time.rest();
        bench.asked.removeFirst().receiver().accept(new RoutingInfo.Refused(6));
        assertThat(bench.report(id).reason()).isEqualTo(Reason.ABSENT_SUBSCRIBER);
        assertThat(bench.report(id).nextAttempt()).isNotNull();
        bench.time.pass(Duration.ofMinutes(1));
        bench.asked.removeFirst().receiver().accept(new RoutingInfo.Refused(1));

        assertThat(bench.report(id).state()).isEqualTo(FAILED);
        assertThat(bench.report(id).errorCode()).isEqualTo(1);
        assertThat(bench.report(id).attempts()).isEqualTo(2);
        assertThat(bench.begins).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void an_hlr_that_does_not_answer_is_a_failure(Cause cause) {
        bench.reload("{route: sri_sm, retry: {attempts: 0}}");
        String id = bench.accepted(SOMEBODY);
        bench.time.rest();

        bench.asked.removeFirst().receiver().accept(new RoutingInfo.Failed(cause, "so"));

        assertThat(bench.report(id).state()).isEqualTo(FAILED);
        assertThat(bench.report(id).reason())
                .isEqualTo(
                        switch (cause) {
                            case UNANSWERED -> Reason.NO_ANSWER;
                            case UNDELIVERED -> Reason.UNDELIVERED;
                            case USER, PROVIDER, REFUSED, ENGINE -> Reason.NO_ROUTE;
                        });
    }

    @Test
    void ussd_busy_is_tried_again_after_3_8_and_15_seconds_and_then_no_more() {
        String id = bench.accepted(SOMEBODY);

        for (int seconds : new int[] {3, 8, 15}) {
            bench.error(72);
            assertThat(bench.state(id)).as("waits for the next attempt").isEqualTo(ROUTING);
            bench.time.pass(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(bench.sent).isEmpty();
            bench.time.pass(Duration.ofMillis(1));
            bench.time.rest();
            assertThat(bench.sent).hasSize(1);
        }
        bench.error(72);

        PushReport report = bench.report(id);
        assertThat(report.state()).isEqualTo(FAILED);
        assertThat(report.reason()).isEqualTo(Reason.USSD_BUSY);
        assertThat(report.errorCode()).isEqualTo(72);
        assertThat(report.attempts()).isEqualTo(4);
        assertThat(bench.counters.value("push.attempts")).isEqualTo(4);
        assertThat(bench.counters.value("push.retries.ussd_busy")).isEqualTo(3);
    }

    @Test
    void further_attempts_wait_as_long_as_the_last_time_that_is_given() {
        bench.reload("{route: hlr, retry: {attempts: 4, after: [3s, 3s, 4s]}}");
        String id = bench.accepted(SOMEBODY);

        bench.error(72);
        bench.time.pass(Duration.ofSeconds(3));
        bench.error(72);
        bench.time.pass(Duration.ofSeconds(3));
        bench.error(72);
        bench.time.pass(Duration.ofSeconds(4));
        bench.error(72);
        bench.time.pass(Duration.ofSeconds(4));
        bench.error(72);

        assertThat(bench.state(id)).isEqualTo(FAILED);
        assertThat(bench.report(id).attempts()).isEqualTo(5);
    }

    @Test
    void an_attempt_that_succeeds_after_others_completes_the_push() {
        String id = bench.accepted(SOMEBODY);
        bench.error(34);
        bench.time.pass(Duration.ofSeconds(3));
        bench.abort(Cause.UNANSWERED);
        bench.time.pass(Duration.ofSeconds(8));
        bench.acknowledge();

        PushReport report = bench.report(id);
        assertThat(report.state()).isEqualTo(COMPLETED);
        assertThat(report.attempts()).isEqualTo(3);
        assertThat(report.reason()).isNull();
        assertThat(report.errorCode()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 11, 12, 13, 21, 27, 36, 71})
    void errors_that_say_that_it_is_useless_are_not_tried_again(int code) {
        String id = bench.accepted(SOMEBODY);

        bench.error(code);

        assertThat(bench.report(id).state()).isEqualTo(FAILED);
        assertThat(bench.report(id).errorCode()).isEqualTo(code);
        assertThat(bench.report(id).reason())
                .isEqualTo(code == 27 ? Reason.ABSENT_SUBSCRIBER : Reason.ERROR);
    }

    @Test
    void no_attempt_is_made_after_the_push_has_expired() {
        bench.reload("{route: hlr, expires: 5s}");
        String id = bench.accepted(SOMEBODY);

        bench.error(72);
        assertThat(bench.state(id)).isEqualTo(ROUTING);
        bench.time.pass(Duration.ofSeconds(3));
        bench.error(72); // the next one would be 8 s later

        assertThat(bench.state(id)).isEqualTo(FAILED);
        assertThat(bench.report(id).reason()).isEqualTo(Reason.USSD_BUSY);
    }

    @Test
    void a_store_that_does_not_note_that_it_is_sent_holds_it_back_until_it_does() {
        String id = bench.accepted(SOMEBODY);
        bench.error(72);
        bench.storeFails = true;
        bench.time.pass(Duration.ofSeconds(5));
        assertThat(bench.sent).isEmpty();

        bench.storeFails = false;
        bench.time.pass(Duration.ofSeconds(1));
        bench.acknowledge();

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
        assertThat(bench.begins.get(id)).isEqualTo(2);
    }

    @Test
    void a_store_that_is_down_until_the_push_expires_keeps_it_from_being_sent() {
        bench.reload("{route: hlr, expires: 5s}");
        String id = bench.accepted(SOMEBODY);
        bench.error(72);
        bench.storeFails = true;

        bench.time.pass(Duration.ofSeconds(6));
        bench.storeFails = false;
        bench.time.pass(Duration.ofSeconds(2));

        assertThat(bench.state(id)).isEqualTo(EXPIRED);
        assertThat(bench.begins.get(id)).isEqualTo(1);
        assertThat(bench.stored.toString()).contains("EXPIRED");
    }

    @Test
    void an_answer_in_an_open_dialog_is_passed_on_and_so_is_all_that_follows() {
        String id = bench.accepted(SOMEBODY);
        PushBench.Sent sent = bench.next();

        sent.receiver()
                .arrived(new Incoming.Continued(List.of(new Part.Acknowledged(sent.screen()))));
        assertThat(bench.state(id)).isEqualTo(ANSWERED);
        sent.receiver().arrived(new Incoming.Aborted(Cause.USER, "hung up"));

        assertThat(bench.state(id)).isEqualTo(FAILED);
        assertThat(bench.report(id).attempts()).isEqualTo(1);
    }

    @Test
    void what_comes_before_the_link_is_known_is_not_lost() {
        bench.answersAtOnce = true;

        String id = bench.accepted(SOMEBODY);

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void an_abort_says_why_it_failed(Cause cause) {
        bench.reload("{route: hlr, retry: {attempts: 0}}");
        String id = bench.accepted(SOMEBODY);

        bench.abort(cause);

        assertThat(bench.report(id).reason())
                .isEqualTo(
                        switch (cause) {
                            case UNANSWERED -> Reason.NO_ANSWER;
                            case UNDELIVERED -> Reason.UNDELIVERED;
                            case REFUSED -> Reason.REFUSED;
                            case USER, PROVIDER, ENGINE -> Reason.ABORTED;
                        });
        assertThat(bench.report(id).errorCode()).isNull();
    }

    @Test
    void what_no_link_takes_is_tried_again_until_the_push_expires() {
        bench.isUntaken = true;
        String id = bench.accepted(SOMEBODY);
        bench.time.pass(Duration.ofMinutes(2));
        assertThat(bench.report(id).reason()).isEqualTo(Reason.UNTAKEN);
        bench.isUntaken = false;
        bench.time.pass(Duration.ofSeconds(5));
        bench.error(72);
        bench.time.pass(Duration.ofSeconds(3));
        bench.acknowledge();

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
    }

    @Test
    void a_dialog_that_begins_when_its_script_has_given_up_is_broken_off() {
        bench.givesUp = true;
        bench.accepted(SOMEBODY);
        bench.time.rest();

        assertThat(bench.below).singleElement().isInstanceOf(Outgoing.Abort.class);
    }

    @Test
    void an_empty_message_in_between_is_no_answer() {
        String id = bench.accepted(SOMEBODY);
        PushBench.Sent sent = bench.next();

        sent.receiver().arrived(new Incoming.Continued(List.of()));
        assertThat(bench.state(id)).isEqualTo(SENT);
        sent.receiver()
                .arrived(new Incoming.Continued(List.of(new Part.Errored(sent.screen(), 36))));

        assertThat(bench.report(id).errorCode()).isEqualTo(36);
        assertThat(bench.report(id).reason()).isEqualTo(Reason.ERROR);
    }

    @Test
    void an_hlr_whose_answer_never_comes_is_not_waited_for_for_ever() {
        bench.reload("{route: sri_sm, retry: {attempts: 0}}");
        String id = bench.accepted(SOMEBODY);
        bench.time.pass(Duration.ofSeconds(30));

        assertThat(bench.report(id).reason()).isEqualTo(Reason.NO_ANSWER);
        bench.asked.removeFirst().receiver().accept(new RoutingInfo.Refused(1));
        assertThat(bench.report(id).reason()).isEqualTo(Reason.NO_ANSWER);
    }

    @Test
    void an_end_without_an_answer_is_a_failure() {
        String id = bench.accepted(SOMEBODY);

        bench.next().receiver().arrived(new Incoming.Ended(List.of()));

        assertThat(bench.report(id).state()).isEqualTo(FAILED);
        assertThat(bench.report(id).reason()).isEqualTo(Reason.ABORTED);
    }

    @Test
    void a_message_that_comes_while_a_dialog_is_broken_off_does_not_wait_for_that() {
        bench.givesUp = true;
        bench.answersWhileSending = true;
        bench.accepted(SOMEBODY);
        bench.time.rest();

        assertThat(bench.below).singleElement().isInstanceOf(Outgoing.Abort.class);
        assertThat(bench.isTakenMeanwhile).isTrue();
    }

    @Test
    void an_hlr_that_is_asked_over_no_link_is_asked_again_until_the_push_expires() {
        bench.reload("{route: sri_sm, retry: {attempts: 0}}");
        bench.isAskedByNobody = true;
        String id = bench.accepted(SOMEBODY);
        assertThat(bench.report(id).reason()).isEqualTo(Reason.UNTAKEN);
        bench.isAskedByNobody = false;
        bench.time.pass(Duration.ofSeconds(5));
        bench.asked
                .removeFirst()
                .receiver()
                .accept(new RoutingInfo.Found("655010000000001", "27829000009"));
        bench.acknowledge();

        assertThat(bench.state(id)).isEqualTo(COMPLETED);
    }

    @Test
    void attempts_that_no_link_took_are_no_retries_after_a_start_either() {
        bench.isUntaken = true;
        String id = bench.accepted(SOMEBODY);
        bench.time.pass(Duration.ofMinutes(2));
        bench.kill();
        bench.isUntaken = false;
        bench.time.rest();

        for (int seconds : new int[] {3, 8, 15}) {
            bench.error(72);
            assertThat(bench.state(id)).isEqualTo(ROUTING);
            bench.time.pass(Duration.ofSeconds(seconds));
        }
        bench.error(72);

        assertThat(bench.state(id)).isEqualTo(FAILED);
        assertThat(bench.report(id).attempts()).isGreaterThan(20);
    }

    @Test
    void a_screen_that_is_answered_after_an_error_in_an_open_dialog_makes_the_push_answered() {
        String id = bench.accepted(SOMEBODY);
        PushBench.Sent sent = bench.next();
        sent.receiver()
                .arrived(new Incoming.Continued(List.of(new Part.Errored(sent.screen(), 72))));
        assertThat(bench.report(id).reason()).isEqualTo(Reason.USSD_BUSY);

        sent.receiver().arrived(new Incoming.Continued(List.of(new Part.Acknowledged(2))));

        assertThat(bench.state(id)).isEqualTo(ANSWERED);
        assertThat(bench.report(id).reason()).isNull();
        assertThat(bench.report(id).errorCode()).isNull();
        sent.receiver().arrived(new Incoming.Ended(List.of(new Part.Acknowledged(3))));
        assertThat(bench.state(id)).isEqualTo(COMPLETED);
        assertThat(bench.begins.get(id)).isOne();
    }

    @Test
    void a_text_that_is_to_be_tried_again_in_quiet_hours_waits_among_the_others() {
        bench.reload("{route: hlr, expires: 10h, quiet_hours: \"%s\"}".formatted(inASecond()));
        String id = bench.accepted(SOMEBODY);
        bench.error(72);
        bench.time.pass(Duration.ofSeconds(3));
        assertThat(bench.state(id)).isEqualTo(QUEUED);

        String urgent =
                bench.accepted(
                        new PushOrder(
                                SOMEBODY,
                                PushBench.text(SOMEBODY).content(),
                                Priority.URGENT,
                                "test",
                                null,
                                null,
                                false,
                                false,
                                null));
        bench.acknowledge();
        assertThat(bench.state(urgent)).as("the subscriber is free").isEqualTo(COMPLETED);

        bench.time.pass(Duration.ofHours(8));
        bench.error(72);
        assertThat(bench.report(id).attempts()).isEqualTo(2);
        bench.time.pass(Duration.ofSeconds(8));
        bench.acknowledge();
        assertThat(bench.state(id)).isEqualTo(COMPLETED);
    }

    @Test
    void a_script_that_is_to_be_tried_again_in_quiet_hours_waits_until_it_expires() {
        bench.reload(
                "{route: hlr, scripts: [survey], expires: 10m, quiet_hours: \"%s\"}"
                        .formatted(inASecond()));
        String id =
                bench.accepted(
                        PushOrder.of(SOMEBODY, new PushOrder.Script("survey", null), "test"));
        bench.error(72);
        bench.time.pass(Duration.ofMinutes(9));
        assertThat(bench.state(id)).isEqualTo(ROUTING);
        bench.time.pass(Duration.ofMinutes(1));

        assertThat(bench.state(id)).isEqualTo(EXPIRED);
    }

    /** Quiet hours that begin in the next minute, and last for eight hours. */
    private String inASecond() {
        ZonedDateTime now = bench.time.now().atZone(ZoneOffset.UTC);
        bench.time.pass(
                Duration.between(
                        now, now.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1).minusSeconds(1)));
        DateTimeFormatter clock = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
        ZonedDateTime from = now.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        return clock.format(from) + "-" + clock.format(from.plusHours(8));
    }
}
