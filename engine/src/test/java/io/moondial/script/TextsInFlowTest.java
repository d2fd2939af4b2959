package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import io.moondial.lang.TextSettings;
import io.moondial.problem.Problem;
import io.moondial.script.api.Backends;
import io.moondial.script.api.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The language of a flow that runs again. */
class TextsInFlowTest {
    private static final String FLOW =
            """
            return menu.flow(function()
              local one = menu.ask{t "one"}
              local two = menu.ask{t "two"}
              local three = menu.ask{t "three"}
              return t "done"
            end, {back = "0", resume = "2m"})""";

    @TempDir Path folder;
    private ScriptBench bench;

    /** Another dialog of the subscriber. */
    private @Nullable Script chooser;

    @BeforeEach
    void openBench() {
        bench = new ScriptBench(folder).request("msisdn", "254711000001");
        bench.texts = WrittenSettings.settings(TextSettings.class, "bucket: language");
        bench.file("lang/en.yaml", "one: One?\ntwo: Two?\nthree: Three?\ndone: Done.\n")
                .file("lang/sw.yaml", "one: Moja?\ntwo: Mbili?\nthree: Tatu?\ndone: Sawa.\n")
                .file("set.lua", "kv.set('language', (...).msisdn, (...).choice)");
    }

    /** Another dialog of the subscriber chooses a language, and the rules name it from now on. */
    private void choose(String language) {
        bench.languages = new LanguageSources(language, null);
        bench.request("choice", language);
        if (chooser == null) {
            chooser = bench.compile().script("set").orElseThrow();
        }
        ScriptOutcome done = chooser.run(bench.newRun());
        assertThat(done).isInstanceOf(ScriptOutcome.Returned.class);
    }

    private void answer(String text) {
        bench.answer(new PrimitiveResult.Input(text));
    }

    private void answerAfter(Runnable meanwhile, String text) {
        bench.answer(
                () -> {
                    meanwhile.run();
                    return new PrimitiveResult.Input(text);
                });
    }

    @Test
    void a_language_that_changes_in_kv_meanwhile_is_not_that_of_the_flow() {
        choose("sw");
        answer("a");
        answerAfter(() -> choose("en"), "0");
        answer("b");
        answer("c");
        answer("d");
        assertThat(bench.textOf(FLOW)).isEqualTo("Sawa.");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu Moja?",
                        "menu Mbili?\n0. Back",
                        "menu Moja?",
                        "menu Mbili?\n0. Back",
                        "menu Tatu?\n0. Back");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void the_next_dialog_goes_on_in_the_language_of_the_one_before() {
        choose("sw");
        answer("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(FLOW);
        choose("en");
        bench.languages = new LanguageSources("en", "en");
        bench.instanceId = "Test-1-00000002";
        bench.primitives.clear();
        answer("b");
        answer("c");
        assertThat(bench.textOf(FLOW)).isEqualTo("Sawa.");
        assertThat(bench.primitives).containsExactly("menu Mbili?\n0. Back", "menu Tatu?\n0. Back");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void what_a_script_chose_before_its_flow_is_part_of_it() {
        String script = "t.language((...).choice)\n" + FLOW;
        bench.request("choice", "sw");
        answer("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(script);
        bench.request("choice", "en");
        bench.instanceId = "Test-1-00000002";
        bench.primitives.clear();
        answer("b");
        answer("c");
        assertThat(bench.textOf(script)).isEqualTo("Sawa.");
        assertThat(bench.primitives.getFirst()).isEqualTo("menu Mbili?\n0. Back");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void what_a_flow_chooses_is_taken_back_by_who_goes_back() {
        answer("sw");
        answer("0");
        answer("en");
        answer("x");
        assertThat(
                        bench.textOf(
                                """
                                local shown = menu.flow(function()
                                  t.language(menu.ask{t "one"})
                                  menu.ask{t "two"}
                                  return t "done"
                                end, {back = "0"})
                                return shown .. t "done" .. t.language()"""))
                .isEqualTo("Done.Done.en");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu One?", "menu Mbili?\n0. Back", "menu One?", "menu Two?\n0. Back");
    }

    @Test
    void what_a_flow_keeps_is_written_once() {
        answer("sw");
        answer("a");
        answer("0");
        answer("b");
        answer("c");
        assertThat(
                        bench.textOf(
                                """
                                return menu.flow(function()
                                  local language = menu.ask{t "one"}
                                  t.keep(language)
                                  menu.ask{t "two"}
                                  menu.ask{t "three"}
                                  return t "done"
                                end, {back = "0"})"""))
                .isEqualTo("Sawa.");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu One?",
                        "menu Mbili?",
                        "menu Tatu?\n0. Back",
                        "menu Mbili?",
                        "menu Tatu?\n0. Back");
        assertThat(bench.textOf("return t.language()")).isEqualTo("sw");
    }

    private List<String> warningsOf(String lua) {
        bench.file("main.lua", lua);
        return bench.compile().lint(Set.of(), Backends.Settings.NONE).stream()
                .map(Problem::message)
                .filter(it -> it.contains("menu_words"))
                .toList();
    }

    @Test
    void check_names_the_words_that_menus_would_say_in_english_in_a_language_that_has_some() {
        bench.file("lang/en.yaml", "one: One?\n");
        bench.file("lang/sw.yaml", "one: Moja?\nmenu_words: {back: Rudi}\n");

        assertThat(warningsOf("return menu.ask{t 'one', check = '^%d+$'}"))
                .containsExactly(
                        "menu_words in sw lacks wrong: where menus say this, it is English");
        assertThat(
                        warningsOf(
                                "return menu.flow(function() menu.choose{items = {t 'one'}} end, {back = '0', home = '00'})"))
                .containsExactly(
                        "menu_words in sw lacks home, tries, wrong_item: where menus say this, it is English");
        assertThat(
                        warningsOf(
                                "menu.ask{t 'one', check = menu.amount{max = 5}} menu.ask{t 'one', check = menu.digits()} return ''"))
                .containsExactly(
                        "menu_words in sw lacks wrong_amount, wrong_digits: where menus say this, it is English");
    }

    @Test
    void check_says_nothing_of_words_that_scripts_give_or_never_let_menus_say() {
        bench.file("lang/en.yaml", "one: One?\n");
        bench.file("lang/sw.yaml", "one: Moja?\nmenu_words: {back: Rudi}\n");

        assertThat(warningsOf("ussd.notify(t 'one') return ''")).isEmpty();
        assertThat(
                        warningsOf(
                                """
                                local options = {t "one"}
                                menu.ask(options)
                                menu.ask{t "one", wrong = t "one"}
                                menu.ask{t "one", check = function() return nil, "?" end}
                                menu.ask{t "one", check = menu.amount{max = 5, wrong = t "one"}}
                                menu.confirm{t "one", yes = "1", no = "2", wrong = "?"}
                                return menu.flow(function()
                                  return menu.choose{items = {t "one"}, wrong = t "one"}
                                end, {back = "0", tries_text = t "one"})"""))
                .isEmpty();
        bench.file("lang/en.yaml", "one: One?\nmenu_words: {wrong: No.}\n");
        assertThat(warningsOf("return menu.ask{t 'one'}"))
                .containsExactly(
                        "the text 'menu_words.wrong' is missing in sw: the text of en is shown instead");
    }

    @Test
    void words_of_menus_that_no_language_of_the_dialog_has_are_english() {
        bench.file("lang/sw.yaml", "one: Moja?\nmenu_words: {back: Rudi, yes: Ndiyo}\n")
                .file("lang/en.yaml", "one: One?\n")
                .file("lang/fr.yaml", "one: Un ?\n");
        for (String language : new String[] {"sw", "fr", "en"}) {
            answer("a");
            answer("1");
            assertThat(
                            bench.textOf(
                                    "t.language '"
                                            + language
                                            + "' return menu.flow(function() menu.ask{t 'one'} menu.confirm{t 'one'} return 'x' end, {back = '0'})"))
                    .isEqualTo("x");
        }
        assertThat(bench.primitives)
                .containsExactly(
                        "menu Moja?",
                        "menu Moja?\n1. Ndiyo\n2. No\n0. Rudi",
                        "menu Un ?",
                        "menu Un ?\n1. Yes\n2. No\n0. Back",
                        "menu One?",
                        "menu One?\n1. Yes\n2. No\n0. Back");
        assertThat(bench.log).isEmpty();
        assertThat(
                        bench.compile().lint(Set.of(), Backends.Settings.NONE).stream()
                                .map(Problem::message))
                .contains(
                        "menu_words in fr lacks back, no, tries, wrong, wrong_yes_no, yes: where menus say this, it is English",
                        "menu_words in sw lacks no, tries, wrong, wrong_yes_no: where menus say this, it is English")
                .noneMatch(it -> it.contains("menu_words in en"));
    }

    @Test
    void the_second_flow_of_a_dialog_has_the_language_of_the_first() {
        answer("sw");
        answer("a");
        assertThat(
                        bench.textOf(
                                """
                                menu.flow(function() t.language(menu.ask{t "one"}) end, {back = "0"})
                                return menu.flow(function()
                                  menu.ask{t "two"}
                                  return t "done"
                                end, {back = "0"})"""))
                .isEqualTo("Sawa.");
    }

    /** The scripts of these tests say all but the words of menus by themselves. */
    private void words(String words) {
        bench.file("lang/en.yaml", "menu_words: {" + words + "}\nthree: Three?\n");
        bench.file("lang/sw.yaml", "menu_words: {" + words + "}\nthree: Tatu?\n");
    }

    private void nextDialog() {
        bench.instanceId = "Test-1-00000002";
        bench.primitives.clear();
    }

    @Test
    void the_words_of_a_key_lead_nobody_behind_a_payment_of_the_dialog_before() {
        words("back: Back");
        String flow =
                """
                return menu.flow(function()
                  menu.ask{"To whom?"}
                  menu.pin{"PIN?"}
                  http.post("billing", "/topups", {idempotency_key = menu.once()})
                  menu.ask{"Again?"}
                  return "paid"
                end, {back = "0", resume = "2m"})""";
        answer("a");
        answer("1234");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(flow);
        nextDialog();
        answer("1234");
        answer("no");
        assertThat(bench.textOf(flow)).isEqualTo("paid");
        assertThat(bench.primitives).containsExactly("menu PIN? [null null true]", "menu Again?");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void who_goes_back_after_a_payment_of_the_dialog_before_finds_the_flow_as_it_was() {
        words("back: Back");
        String flow =
                """
                return menu.flow(function()
                  menu.pin{"PIN?"}
                  menu.ask{"To whom?"}
                  http.post("billing", "/topups", {idempotency_key = menu.once()})
                  local two = menu.ask{"Two?"}
                  local three = menu.ask{"Three?"}
                  return two .. three
                end, {back = "0", resume = "2m"})""";
        answer("1234");
        answer("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(flow);
        nextDialog();
        for (String text : new String[] {"1234", "b", "0", "c", "d"}) {
            answer(text);
        }
        assertThat(bench.textOf(flow)).isEqualTo("cd");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu PIN? [null null true]",
                        "menu Two?",
                        "menu Three?\n0. Back",
                        "menu Two?",
                        "menu Three?\n0. Back");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void the_language_in_which_a_dialog_is_welcomed_back_is_not_that_of_the_flow() {
        words("resumed: Welcome back.");
        String flow =
                """
                return menu.flow(function()
                  menu.ask{"One?"}
                  menu.ask{"Two?"}
                  local three = menu.ask{t "three"}
                  local four = menu.ask{"Four?"}
                  local five = menu.ask{"Five?"}
                  return three .. four .. five
                end, {back = "0", resume = "2m"})""";
        answer("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(flow);
        nextDialog();
        for (String text : new String[] {"b", "c", "d", "0", "e", "f"}) {
            answer(text);
        }
        assertThat(bench.textOf(flow)).isEqualTo("cef");
        assertThat(bench.primitives)
                .containsExactly(
                        "menu Welcome back.\nTwo?\n0. Back",
                        "menu Three?\n0. Back",
                        "menu Four?\n0. Back",
                        "menu Five?\n0. Back",
                        "menu Four?\n0. Back",
                        "menu Five?\n0. Back");
        assertThat(bench.log).isEmpty();
    }

    @Test
    void a_flow_that_was_left_says_its_last_words_to_a_subscriber_who_is_there() {
        words("timeout: \"Too late, {name}.\"");
        String flow =
                """
                menu.flow(function() menu.ask{"One?"} end,
                  {finally = function(why) log.info(why) return LAST end})""";
        bench.answer(
                () -> {
                    bench.phase = Phase.PROCESS_ENDED;
                    return new PrimitiveResult.Abandon();
                });
        bench.run(flow.replace("LAST", "nil"));
        bench.phase = Phase.PROCESS;
        bench.answer(new PrimitiveResult.Timeout());
        bench.run(flow.replace("LAST", "'Bye.'"));
        assertThat(bench.log).containsExactly("INFO abandon", "INFO timeout");
        assertThat(bench.primitives).containsExactly("menu One?", "menu One?", "respond Bye.");
    }

    @Test
    void the_words_of_menus_are_part_of_the_version_of_a_flow() {
        words("back: Back");
        String flow =
                """
                return menu.flow(function()
                  local one = menu.ask{"One?"}
                  local two = menu.ask{"Two?"}
                  return one .. two
                end, {back = "0", resume = "2m"})""";
        answer("a");
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(flow);
        words("back: Return");
        nextDialog();
        answer("b");
        answer("c");
        assertThat(bench.textOf(flow)).isEqualTo("bc");
        assertThat(bench.primitives).containsExactly("menu One?", "menu Two?\n0. Return");
        assertThat(bench.log)
                .singleElement()
                .asString()
                .contains("the dialog before began with version");
    }

    @Test
    void a_text_that_is_missing_is_counted_once_however_often_the_flow_runs() {
        bench.file("lang/sw.yaml", "two: Mbili?\nthree: Tatu?\ndone: Sawa.\n");
        bench.languages = new LanguageSources("sw", null);
        for (String text : new String[] {"a", "b", "0", "c", "d"}) {
            answer(text);
        }
        assertThat(bench.textOf(FLOW)).isEqualTo("Sawa.");
        assertThat(bench.log).hasSize(1);
    }

    /**
     * Whatever the subscriber does while the language in kv, or that of the rule, changes: a flow
     * has the language that it began with, and no replay differs.
     */
    @Test
    void a_flow_has_one_language_whatever_happens_meanwhile() {
        bench.file("main.lua", FLOW);
        Script withKv = bench.compile().script("main").orElseThrow();
        bench.texts = TextSettings.DEFAULTS;
        Script withoutKv = bench.compile().script("main").orElseThrow();
        int goneOn = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            bench.request("msisdn", "2547110" + (10_000 + seed));
            String language = null;
            for (int dialog = 0; dialog < 4; dialog++) {
                bench.instanceId = "Test-%d-%08x".formatted(seed, dialog);
                choose(random.nextBoolean() ? "sw" : "en");
                for (int i = 0; i < 6 && random.nextInt(4) != 0; i++) {
                    String choice = random.nextBoolean() ? "sw" : "en";
                    answerAfter(() -> choose(choice), random.nextInt(3) == 0 ? "0" : "a");
                }
                bench.answer(new PrimitiveResult.Abandon());
                Script flow = seed % 2 == 0 ? withKv : withoutKv;
                ScriptOutcome outcome = flow.run(bench.newRun());
                for (String shown : bench.primitives) {
                    if (!shown.startsWith("menu ")) {
                        continue; // he has given up
                    }
                    String now = shown.matches("(?s)menu (Moja|Mbili|Tatu).*") ? "sw" : "en";
                    assertThat(now).as("seed %d: %s", seed, shown).isEqualTo(or(language, now));
                    goneOn += language == null ? 0 : 1;
                    language = now;
                }
                if (outcome instanceof ScriptOutcome.Returned(String text, _, _, _)
                        && text != null) {
                    assertThat(text).isEqualTo("sw".equals(language) ? "Sawa." : "Done.");
                    language = null; // it has ended: the next dialog begins another one
                }
                bench.primitives.clear();
                bench.forgetAnswers();
            }
        }
        assertThat(bench.log).isEmpty();
        assertThat(goneOn).isGreaterThan(1000);
    }

    private static String or(@Nullable String one, String other) {
        return one == null ? other : one;
    }
}
