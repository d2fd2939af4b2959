package io.moondial.edr.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.edr.Edr;
import io.moondial.edr.report.Dialogs.DialogSummary;
import io.moondial.edr.report.Dialogs.DialogSummary.Choice;
import io.moondial.edr.report.Dialogs.DialogSummary.Counts;
import io.moondial.edr.report.Dialogs.RecordFilter;
import io.moondial.edr.report.EdrInput.RecordSink;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The dialogs of edr-spec/README.md, "Order" and "Outcomes". */
class DialogsTest {
    private static final String DIALLED =
            "USSD-PROCESS|DIRECTION=in|LRI=1|LTID=01|MSISDN=27761485722:1:1|RRI=1|RTID=02|TEXT=%2A100%23";
    private static final String PUSHED = "USSD-NOTIFY|DIRECTION=in|TEXT=Hello";
    private static final String MENU = "USSD-REQUEST|DIRECTION=out|TEXT=1. Yes";

    @ParameterizedTest
    @CsvSource({
        "USSD-PROCESS-R|TEXT=Bye, RESPONDED",
        "USSD-PROCESS-E|ERROR_CODE=34, DECLINED",
        "USSD-END|DIRECTION=out, CLOSED",
        "USSD-ABORT|DIRECTION=out, ABORTED",
        "USSD-ABORT|DIRECTION=in, ABANDONED",
        "USSD-END|DIRECTION=in, ABANDONED",
        "USSD-SHUTDOWN|EXCEPTION=main.lua:1: oops, FAILED",
        "TOPUP|AMOUNT=1, UNFINISHED"
    })
    void a_dialog_that_was_dialled_ends_as_its_last_record_says(
            String last, DialogSummary.Outcome how) {
        assertThat(told(DIALLED, last).outcome()).isEqualTo(how);
    }

    @ParameterizedTest
    @CsvSource({
        "USSD-NOTIFY-R, ACKNOWLEDGED",
        "USSD-NOTIFY-E|ERROR_CODE=34, DECLINED",
        "USSD-END|DIRECTION=out, CLOSED",
        "USSD-ABORT|DIRECTION=out, ABORTED",
        "USSD-ABORT|DIRECTION=in, ABANDONED",
        "USSD-SHUTDOWN|EXCEPTION=x, FAILED",
        "TOPUP, UNFINISHED"
    })
    void a_dialog_that_a_notification_opened_ends_as_its_last_record_says(
            String last, DialogSummary.Outcome how) {
        var dialog = told(PUSHED, last);

        assertThat(dialog.outcome()).isEqualTo(how);
        assertThat(dialog.notification()).isEqualTo("Hello");
        assertThat(dialog.code()).isNull();
        assertThat(dialog.counts()).isEqualTo(Counts.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "USSD-REQUEST-R|CONTROLLED=0|REASON=Input|TEXT=1",
        "USSD-REQUEST-E|CONTROLLED=0|ERROR_CODE=27",
        "USSD-NOTIFY-R|CONTROLLED=0",
        "USSD-NOTIFY-E|CONTROLLED=0|ERROR_CODE=27",
        "USSD-REQUEST-R|CONTROLLED=0|DISCARDED=1|TEXT=1"
    })
    void a_component_in_the_far_sides_last_message_leaves_the_dialog_abandoned(String last) {
        assertThat(told(DIALLED, MENU, last).outcome()).isEqualTo(DialogSummary.Outcome.ABANDONED);
    }

    @ParameterizedTest
    @CsvSource({
        "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=1",
        "USSD-REQUEST-R|REASON=Timeout",
        "USSD-REQUEST-E|CONTROLLED=1|ERROR_CODE=27",
        "USSD-NOTIFY-R|CONTROLLED=1",
        "USSD-NOTIFY-E|CONTROLLED=1|ERROR_CODE=27"
    })
    void a_dialog_whose_files_end_before_it_is_unfinished(String last) {
        assertThat(told(DIALLED, MENU, last).outcome()).isEqualTo(DialogSummary.Outcome.UNFINISHED);
        assertThat(told(MENU).outcome()).isEqualTo(DialogSummary.Outcome.UNFINISHED);
    }

    @ParameterizedTest
    @CsvSource({
        "USSD-REQUEST-R|CONTROLLED=1|PUSH_ID=P|REASON=Input|TEXT=1, USSD-END|DIRECTION=out|PUSH_ID=P, COMPLETED",
        "USSD-REQUEST-R|CONTROLLED=0|PUSH_ID=P|REASON=Input|TEXT=1, TOPUP, COMPLETED",
        "USSD-NOTIFY-R|CONTROLLED=0|PUSH_ID=P, TOPUP, COMPLETED",
        "USSD-REQUEST-R|PUSH_ID=P|REASON=Timeout, TOPUP, UNREACHED",
        "USSD-NOTIFY-R|PUSH_ID=P|REASON=Timeout, TOPUP, UNREACHED",
        "USSD-REQUEST-R|PUSH_ID=P|REASON=Timeout, USSD-END|DIRECTION=out|PUSH_ID=P, UNREACHED",
        "USSD-REQUEST-E|CONTROLLED=0|ERROR_CODE=72|PUSH_ID=P, TOPUP, UNREACHED",
        "USSD-ABORT|DIRECTION=in|PUSH_ID=P, USSD-REQUEST-R|PUSH_ID=P|REASON=Abandon, UNREACHED",
        "USSD-ABORT|DIRECTION=out|PUSH_ID=P, TOPUP, ABORTED",
        "USSD-SHUTDOWN|EXCEPTION=x|PUSH_ID=P, USSD-ABORT|DIRECTION=out|PUSH_ID=P, FAILED",
        "TOPUP, TOPUP, UNFINISHED"
    })
    void a_dialog_of_a_push_ends_as_its_last_records_say(
            String result, String last, DialogSummary.Outcome how) {
        var dialog = told("USSD-REQUEST|DIRECTION=out|PUSH_ID=P|TEXT=?", result, last);
        assertThat(dialog.outcome()).isEqualTo(how);
        assertThat(dialog.pushId()).isEqualTo("P");
    }

    @ParameterizedTest
    @CsvSource({
        "USSD-NOTIFY-R|CONTROLLED=1|PUSH_ID=P, USSD-END|DIRECTION=out|PUSH_ID=P, COMPLETED",
        "USSD-NOTIFY-R|PUSH_ID=P|REASON=Timeout, USSD-END|DIRECTION=out|PUSH_ID=P, ABANDONED",
        "USSD-NOTIFY-E|CONTROLLED=1|ERROR_CODE=34|PUSH_ID=P, USSD-END|DIRECTION=out|PUSH_ID=P, ABANDONED",
        "USSD-NOTIFY-E|CONTROLLED=0|ERROR_CODE=34|PUSH_ID=P, TOPUP, ABANDONED",
        "USSD-NOTIFY-R|PUSH_ID=P|REASON=Timeout, TOPUP, UNFINISHED"
    })
    void a_push_that_was_answered_is_complete_only_with_its_last_text(
            String result, String last, DialogSummary.Outcome how) {
        var dialog =
                told(
                        "USSD-REQUEST|DIRECTION=out|PUSH_ID=P|TEXT=?",
                        "USSD-REQUEST-R|CONTROLLED=1|PUSH_ID=P|REASON=Input|TEXT=1",
                        "USSD-NOTIFY|DIRECTION=out|PUSH_ID=P|TEXT=Bye",
                        result,
                        last);
        assertThat(dialog.outcome()).isEqualTo(how);
    }

    @Test
    void the_number_of_a_push_is_in_its_own_record() {
        var dialog =
                told(
                        "PUSH|ATTEMPT=1|BY=crm|KIND=menu|MSISDN=27761485722:1:1|PUSH_ID=P",
                        "USSD-REQUEST|DIRECTION=out|PUSH_ID=P|TEXT=?");
        assertThat(dialog.msisdn()).isEqualTo("27761485722");
    }

    @Test
    void an_abort_after_an_error_is_the_errors_and_an_error_after_the_end_changes_no_outcome() {
        var failed = told(DIALLED, "USSD-SHUTDOWN|EXCEPTION=oops", "USSD-ABORT|DIRECTION=out");
        var responded = told(DIALLED, "USSD-PROCESS-R|TEXT=Bye", "USSD-SHUTDOWN|EXCEPTION=oops");

        assertThat(failed.outcome()).isEqualTo(DialogSummary.Outcome.FAILED);
        assertThat(failed.exception()).isEqualTo("oops");
        assertThat(responded.outcome()).isEqualTo(DialogSummary.Outcome.RESPONDED);
        assertThat(responded.exception()).isEqualTo("oops");
        assertThat(responded.duration()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_menu_that_waited_when_the_far_side_gave_up_is_neither_answered_nor_timed_out() {
        var dialog =
                told(DIALLED, MENU, "USSD-ABORT|DIRECTION=in", "USSD-REQUEST-R|REASON=Abandon");

        assertThat(dialog.outcome()).isEqualTo(DialogSummary.Outcome.ABANDONED);
        assertThat(dialog.choices()).isEmpty();
        assertThat(dialog.counts()).isEqualTo(new Counts(1, 0, 0, 0, 0));
    }

    @Test
    void a_dialog_is_told_with_all_that_happened_in_it() {
        var dialog =
                told(
                        DIALLED,
                        MENU,
                        "USSD-REQUEST-R|REASON=Timeout",
                        "USSD-REQUEST|DIRECTION=out|RESUMES=" + Written.instance(2) + "|TEXT=2. No",
                        "USSD-REQUEST-R|CONTROLLED=1|DISCARDED=1|TEXT=9",
                        "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=2",
                        "USSD-NOTIFY|DIRECTION=out|TEXT=Wait",
                        "USSD-NOTIFY-E|CONTROLLED=1|ERROR_CODE=72",
                        "USSD-PROCESS-R|TEXT=Bye");

        assertThat(dialog)
                .isEqualTo(
                        new DialogSummary(
                                Written.instance(1),
                                null,
                                "27761485722",
                                "*100#",
                                null,
                                Written.instance(2),
                                Instant.parse("2021-09-30T05:00:50.079Z"),
                                Duration.ofSeconds(8),
                                DialogSummary.Outcome.RESPONDED,
                                "Bye",
                                List.of(new Choice("2. No", "2")),
                                new Counts(2, 1, 1, 1, 1),
                                null));
    }

    @Test
    void dialogs_stand_in_the_order_in_which_they_began() {
        var dialogs = new Dialogs(new RecordFilter(List.of(), null, null));
        for (int dialog : new int[] {7, 3, 5, 3, 7}) {
            dialogs.add(placed(Written.edr(Written.line(0, dialog, "TOPUP"))));
        }

        assertThat(dialogs.summaries().map(DialogSummary::instance))
                .containsExactly(Written.instance(7), Written.instance(3), Written.instance(5));
    }

    @Test
    void only_dialogs_with_a_record_of_the_wanted_event_are_told_and_those_whole() {
        var dialogs = new Dialogs(new RecordFilter(List.of("USSD-PROCESS-E"), null, null));
        dialogs.add(placed(Written.edr(Written.line(0, 1, DIALLED))));
        dialogs.add(placed(Written.edr(Written.line(0, 2, DIALLED))));
        dialogs.add(placed(Written.edr(Written.line(1, 2, "USSD-PROCESS-E|ERROR_CODE=34"))));

        assertThat(dialogs.summaries()).singleElement().returns("*100#", DialogSummary::code);
    }

    @Test
    void
            a_dialog_within_which_the_clock_was_set_back_began_when_it_was_dialled_and_has_no_duration() {
        var dialog =
                summary(
                        Written.line(9, DIALLED),
                        Written.line(8, MENU),
                        Written.line(7, "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=1"),
                        Written.line(6, "USSD-PROCESS-R|TEXT=Bye"));

        assertThat(dialog.started()).isEqualTo(Instant.parse("2021-09-30T05:00:59.079Z"));
        assertThat(dialog.duration()).isNull();
        assertThat(dialog.outcome()).isEqualTo(DialogSummary.Outcome.RESPONDED);
    }

    @Test
    void a_clock_that_was_set_back_by_less_than_the_dialog_took_is_noticed_all_the_same() {
        var dialog =
                summary(
                        Written.line(1, DIALLED),
                        Written.line(6, MENU),
                        Written.line(4, "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=1"),
                        Written.line(8, "USSD-PROCESS-R|TEXT=Bye"));

        assertThat(dialog.started()).isEqualTo(Instant.parse("2021-09-30T05:00:51.079Z"));
        assertThat(dialog.duration()).isNull();
    }

    @Test
    void a_record_of_the_scripts_own_from_another_file_says_nothing_of_the_clock() {
        var dialogs = new Dialogs(new RecordFilter(List.of(), null, null));
        dialogs.add(placed(Written.edr(Written.line(5, "TOPUP|AMOUNT=1"))));
        dialogs.add(placed(Written.edr(Written.line(1, DIALLED))));
        dialogs.add(placed(Written.edr(Written.line(4, "USSD-PROCESS-R|TEXT=Bye"))));

        assertThat(dialogs.summaries().findFirst().orElseThrow().duration())
                .isEqualTo(Duration.ofSeconds(3));
    }

    private static DialogSummary summary(String... lines) {
        var dialogs = new Dialogs(new RecordFilter(List.of(), null, null));
        Stream.of(lines).forEach(line -> dialogs.add(placed(Written.edr(line))));
        return dialogs.summaries().findFirst().orElseThrow();
    }

    private static RecordSink.PlacedRecord placed(Edr edr) {
        return new RecordSink.PlacedRecord(Path.of("a.edr"), 2, edr);
    }

    private static DialogSummary told(String... rests) {
        var dialogs = new Dialogs(new RecordFilter(List.of(), null, null));
        Written.edrs(rests).forEach(edr -> dialogs.add(placed(edr)));
        return dialogs.summaries().findFirst().orElseThrow();
    }
}
