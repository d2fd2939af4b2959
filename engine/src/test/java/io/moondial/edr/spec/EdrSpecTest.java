package io.moondial.edr.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.edr.Edr;
import io.moondial.edr.EdrFormat;
import io.moondial.edr.EdrLine;
import io.moondial.edr.spec.EdrSpec.EdrSpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class EdrSpecTest {
    static final List<String> EVENTS = EdrSpec.ENGINE_EVENTS;
    private static final String AT = "2021-09-30 05:00:54.079<Logic-1-00000001>";
    private static final EdrSpec SPEC = EdrSpec.builtIn();

    @TempDir Path folder;

    @Test
    void the_folder_has_a_file_for_each_of_the_types() throws Exception {
        assertThat(EVENTS).hasSize(15);
        assertThat(EdrSpec.load(specFolder()).events())
                .extracting(EventSpec::event)
                .containsExactlyElementsOf(EVENTS);
        assertThat(SPEC.events()).containsExactlyElementsOf(EdrSpec.load(specFolder()).events());
    }

    @ParameterizedTest
    @FieldSource("EVENTS")
    void each_example_is_of_its_type_conforms_and_is_written_as_it_stands(String event) {
        var spec = spec(event);
        var edr = edr(spec.example());

        assertThat(edr.event()).isEqualTo(event);
        assertThat(SPEC.check(edr)).isEmpty();
        assertThat(EdrFormat.encode(edr)).isEqualTo(spec.example());
    }

    @ParameterizedTest
    @FieldSource("EVENTS")
    void an_example_of_the_source_departs_only_in_fields_that_are_newer_than_it(String event) {
        String example = spec(event).sourceExample();
        if (example != null) {
            assertThat(SPEC.check(edr(example)))
                    .allMatch(
                            fault ->
                                    fault.matches(
                                            "(DIRECTION|LRI|RRI) is missing; it is always there"));
        }
    }

    @Test
    void a_record_is_told_what_is_missing_unknown_or_of_the_wrong_type() {
        assertThat(faults("USSD-PROCESS-R")).containsExactly("TEXT is missing; it is always there");
        assertThat(faults("USSD-PROCESS-R|COLOR=red|TEXT=x"))
                .containsExactly(
                        "USSD-PROCESS-R has no field COLOR; it has DIRECTION, LTID, PUSH_ID, RESUMES, TEXT");
        assertThat(faults("USSD-PROCESS-E|ERROR_CODE=x"))
                .containsExactly("ERROR_CODE is \"x\"; it can be a whole number from 0");
        assertThat(faults("USSD-ABORT|DIRECTION=up"))
                .containsExactly("DIRECTION is \"up\"; it can be in or out");
        assertThat(faults("USSD-NOTIFY-R|DISCARDED=0"))
                .containsExactly(
                        "CONTROLLED is missing; it is there when there is DISCARDED",
                        "DISCARDED is \"0\"; it can be 1");
        assertThat(
                        faults(
                                "USSD-PROCESS|DIRECTION=in|DREF=333:1|LRI=2|LTID=ABC|MSISDN=27:1:1"
                                        + "|RRI=0|RTID=1|TEXT="))
                .containsExactly(
                        "DREF is \"333:1\"; it can be digits:noa:npi, the nature of address 0 to 7,"
                                + " the numbering plan 0 to 15",
                        "LRI is \"2\"; it can be a whole number, 0 to 1",
                        "LTID is \"ABC\"; it can be 4 octets, each as two lower-case hex digits",
                        "RTID is \"1\"; it can be 1 to 4 octets, each as two lower-case hex digits");
    }

    @Test
    void the_reason_of_a_menus_end_is_there_unless_its_result_was_discarded() {
        assertThat(faults("USSD-REQUEST-R|REASON=Timeout")).isEmpty();
        assertThat(faults("USSD-REQUEST-R|REASON=Abandon")).isEmpty();
        assertThat(faults("USSD-REQUEST-R|CONTROLLED=0|DISCARDED=1|TEXT=")).isEmpty();
        assertThat(faults("USSD-REQUEST-R|CONTROLLED=1|TEXT=x"))
                .containsExactly("REASON is missing; it is there when there is no DISCARDED");
        assertThat(faults("USSD-REQUEST-R|CONTROLLED=1|DISCARDED=1|REASON=Input|TEXT=x"))
                .containsExactly("REASON is there; it is not when there is DISCARDED");
        assertThat(faults("USSD-REQUEST-R|REASON=Input"))
                .containsExactly(
                        "CONTROLLED is missing; it is there when REASON is Input",
                        "TEXT is missing; it is there when REASON is Input");
        assertThat(faults("USSD-REQUEST-R|CONTROLLED=1|REASON=Timeout|TEXT=x"))
                .containsExactly(
                        "CONTROLLED is there; it is not when REASON is Timeout",
                        "TEXT is there; it is not when REASON is Timeout");
    }

    @Test
    void a_transaction_id_of_ours_has_four_octets_and_the_far_ones_as_many_as_came() {
        assertThat(tids("0123abcd", "ab")).isEmpty();
        assertThat(tids("00000001", "0123abcd")).isEmpty();
        assertThat(tids("ab", "abc"))
                .containsExactly(
                        "LTID is \"ab\"; it can be 4 octets, each as two lower-case hex digits",
                        "RTID is \"abc\"; it can be 1 to 4 octets, each as two lower-case hex digits");
        assertThat(tids("0123ABCD", "0123abcd01")).hasSize(2);
        assertThat(tids("0123abcde", "")).hasSize(2);
    }

    private static List<String> tids(String local, String remote) {
        return faults(
                "USSD-PROCESS|DIRECTION=in|LRI=1|LTID=%s|RRI=1|RTID=%s|TEXT=x"
                        .formatted(local, remote));
    }

    @Test
    void a_record_of_the_engines_own_has_an_instance_id_of_its_three_parts() {
        for (String id :
                List.of("xxx", "Logic-1", "Logic-x-00000001", "Logic-1-0000000A", "-1-0")) {
            assertThat(SPEC.check(edr("2021-09-30 05:00:54.079<" + id + ">USSD-END|DIRECTION=in")))
                    .containsExactly(
                            "the instance id is \"%s\"; it is App-startEpoch-instance, as in"
                                            .formatted(id)
                                    + " Logic-1632976990-05f220e1");
        }
        assertThat(SPEC.check(edr("2021-09-30 05:00:54.079<a-b-1-00000001>USSD-END|DIRECTION=in")))
                .isEmpty();
        assertThat(SPEC.check(edr("2021-09-30 05:00:54.079<xxx>TOPUP"))).isEmpty();
    }

    @Test
    void an_event_of_the_scripts_own_is_free_and_one_that_looks_like_ours_is_not() {
        assertThat(faults("TOPUP|ANY=1")).isEmpty();
        assertThat(faults("USSD-OTHER")).singleElement().asString().startsWith("there is no event");
    }

    @Test
    void an_operators_own_event_is_checked_once_its_file_is_in_the_folder() throws Exception {
        for (String event : EVENTS) {
            Files.copy(specFolder().resolve(event + ".yaml"), folder.resolve(event + ".yaml"));
        }
        Files.writeString(
                folder.resolve("TOPUP.yaml"),
                """
                event: TOPUP
                meaning: An account was topped up.
                source: ours
                example: "2021-09-30 05:00:54.079<Logic-1-00000001>TOPUP|AMOUNT=10"
                fields:
                  AMOUNT: {type: integer, min: 1, required: always, meaning: How much.}
                """);
        var spec = EdrSpec.load(folder);

        assertThat(spec.check(edr(AT + "TOPUP|AMOUNT=0")))
                .containsExactly("AMOUNT is \"0\"; it can be a whole number from 1");
    }

    @Test
    void each_value_of_a_list_is_checked_and_only_a_list_has_several() throws Exception {
        Files.writeString(folder.resolve("TOPUP.yaml"), exampleOfThePage());
        var spec = EdrSpec.load(folder);

        assertThat(spec.check(edr(AT + "TOPUP|AMOUNT=1|VOUCHERS=1"))).isEmpty();
        assertThat(spec.check(edr(AT + "TOPUP|AMOUNT=1|VOUCHERS=1,2"))).isEmpty();
        assertThat(spec.check(edr(AT + "TOPUP|AMOUNT=1,2|VOUCHERS=1,x,,3")))
                .containsExactly(
                        "AMOUNT has 2 values; it has one, and a comma in that is written %2C",
                        "a value of VOUCHERS is \"x\"; it can be a whole number",
                        "a value of VOUCHERS is \"\"; it can be a whole number");
        assertThat(faults("USSD-PROCESS-R|TEXT=a,b"))
                .containsExactly(
                        "TEXT has 2 values; it has one, and a comma in that is written %2C");
    }

    private static String exampleOfThePage() throws IOException {
        String page = Files.readString(specFolder().resolve("README.md"));
        int start = page.indexOf("```yaml\n") + "```yaml\n".length();
        return page.substring(start, page.indexOf("```", start));
    }

    @Test
    void a_range_that_holds_nothing_is_refused() throws IOException {
        assertThat(refused("TOPUP|A=1", "A: {type: integer, min: 5, max: 1, when: w, meaning: m}"))
                .containsExactly(
                        "TOPUP.yaml:6:27: min: min is 5 and max is 1; min is not greater than max");
        assertThat(refused("TOPUP|A=1", "A: {type: hex, max: 0, when: w, meaning: m}"))
                .containsExactly(
                        "TOPUP.yaml:6:23: max: min is 1 and max is 0; min is not greater than max");
    }

    @Test
    void a_condition_on_a_field_that_there_is_not_is_refused() throws IOException {
        assertThat(
                        refused(
                                "TOPUP|A=1",
                                "A: {type: text, when: w, meaning: m, required_if: [B=1],"
                                        + " forbidden_if: ['!C']}"))
                .containsExactly(
                        "TOPUP.yaml:6:53: required_if: the event has no field B; it has A",
                        "TOPUP.yaml:6:74: forbidden_if: the event has no field C; it has A");
    }

    @Test
    void an_example_that_is_not_as_its_file_says_is_refused() throws IOException {
        String field = "A: {type: integer, required: always, meaning: m}";
        String why = "TOPUP.yaml:4:10: example: it is a record that is as this file says; but ";
        assertThat(refused("TOPUP|A=x", field))
                .containsExactly(why + "A is \"x\"; it can be a whole number");
        assertThat(refused("TOPUP|A=%31", field))
                .containsExactly(why + "A has %31, which is written \"1\"");
        assertThat(refused("TOP|A=1", field)).containsExactly(why + "its event is TOP");
        assertThat(refused("", field))
                .containsExactly(
                        why + "an event's name is a letter, then letters, digits, _ and -");
    }

    private List<String> refused(String example, String field) throws IOException {
        Files.writeString(
                folder.resolve("TOPUP.yaml"),
                """
                event: TOPUP
                meaning: An account was topped up.
                source: ours
                example: "%s"
                fields:
                  %s
                """
                        .formatted(AT + example, field));
        try {
            EdrSpec.load(folder);
            return List.of();
        } catch (EdrSpecException e) {
            return e.problems().stream()
                    .map(problem -> problem.toString().replace(folder + "/", ""))
                    .toList();
        }
    }

    @Test
    void a_folder_that_is_none_or_has_no_specification_is_told_with_what_to_do() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "");
        String rule =
                "; a specification is a folder with a file an event, such as TOPUP.yaml;"
                        + " name one that is there";

        assertThatThrownBy(() -> EdrSpec.load(folder.resolve("none")))
                .isInstanceOf(EdrSpecException.class)
                .hasMessage(folder + "/none: there is no such folder" + rule);
        assertThatThrownBy(() -> EdrSpec.load(file)).hasMessage(file + ": it is no folder" + rule);
        assertThatThrownBy(() -> EdrSpec.load(folder))
                .hasMessage(folder + ": no file in it ends in .yaml" + rule);
    }

    @Test
    void everything_wrong_in_the_folder_is_told_at_once_with_its_place() throws IOException {
        Files.writeString(
                folder.resolve("A.yaml"),
                """
                event: B
                meaning: m
                colour: red
                example: e
                fields:
                  Y: {type: integer, min: x, required: always, meaning: m}
                  X: {type: float, meaning: m}
                """);
        Files.writeString(folder.resolve("C.yaml"), "event: [C\n");
        Files.writeString(folder.resolve("D.yaml"), "");
        Files.writeString(folder.resolve("E.yaml"), "event: E\nevent: E\n");

        assertThatThrownBy(() -> EdrSpec.load(folder))
                .isInstanceOfSatisfying(
                        EdrSpecException.class,
                        e ->
                                assertThat(e.problems())
                                        .extracting(
                                                problem ->
                                                        problem.toString()
                                                                .replace(folder + "/", ""))
                                        .contains(
                                                "A.yaml:1:1: source is missing; allowed is a text"
                                                        + " that is not empty",
                                                "A.yaml:1:8: event: the file of the event B is"
                                                        + " named after it",
                                                "A.yaml:7:6: X comes after Y; fields are in order")
                                        .anyMatch(
                                                text ->
                                                        text.startsWith(
                                                                "A.yaml:6:27: min: found x"))
                                        .anyMatch(
                                                text ->
                                                        text.startsWith(
                                                                "A.yaml:7:13: type: found float"))
                                        .anyMatch(
                                                text ->
                                                        text.startsWith(
                                                                "A.yaml:3:1: unknown key colour"))
                                        .anyMatch(text -> text.startsWith("C.yaml:"))
                                        .anyMatch(
                                                text ->
                                                        text.startsWith(
                                                                "D.yaml:1:1: event is missing"))
                                        .anyMatch(
                                                text ->
                                                        text.startsWith(
                                                                "E.yaml:2:1: event appears twice")));
    }

    private static EventSpec spec(String event) {
        return SPEC.events().stream()
                .filter(spec -> spec.event().equals(event))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> faults(String record) {
        return SPEC.check(edr(AT + record));
    }

    private static Edr edr(String line) {
        return ((EdrLine.Event) EdrFormat.parse(line)).edr();
    }

    private static Path specFolder() {
        return Path.of(Objects.requireNonNull(System.getProperty("moondial.root")), "edr-spec");
    }
}
