package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.PrimitiveResult;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each word that menus say of themselves, in the language of the dialog. */
class MenuWordsTest {
    private static final String WORDS =
            """
            menu_words:
              back: Rudi
              home: Mwanzo
              more: Zaidi
              yes: Ndiyo
              no: Hapana
              pin: Nambari ya siri
              tries: Mara nyingi mno
              wrong: Si sahihi
              wrong_item: Chagua nambari
              wrong_yes_no: 1 au 2
              wrong_pin: {one: "tarakimu {count}", other: "tarakimu {count} tu"}
              wrong_amount: "kutoka {min} hadi {max}"
              wrong_amount_least: "angalau {min}"
              wrong_number: Si nambari ya simu
              wrong_date: "Tarehe kama {example}"
              wrong_digits: Tarakimu tu
              wrong_count: {one: "tarakimu {count}", other: "tarakimu {count} kamili"}
            """;

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "menu.ask{'a'} menu.ask{'b'}|x|menu b/0. Rudi",
                "menu.ask{'a'} menu.ask{'b'} menu.ask{'c'}|x x|menu c/0. Rudi/00. Mwanzo",
                "menu.choose{items = {('a'):rep(150), ('b'):rep(150)}}||menu 1. AAA/99. Zaidi",
                "menu.text(('word '):rep(60))||/99. Zaidi",
                "menu.confirm{'a'}||menu a/1. Ndiyo/2. Hapana",
                "menu.confirm{'a'}|x|menu 1 au 2/a/1. Ndiyo/2. Hapana",
                "menu.pin{}||menu Nambari ya siri [null null true]",
                "menu.pin{'p', digits = 5}|x|menu tarakimu 5 tu/p [null null true]",
                "menu.ask{'a', check = '^1$', tries = 1}|x|respond Mara nyingi mno",
                "menu.ask{'a', check = '^1$'}|x|menu Si sahihi/a",
                "menu.choose{items = {'a'}}|7|menu Chagua nambari/1. a",
                "menu.ask{'a', check = menu.amount{min = 2, max = 9}}|x|menu kutoka 2 hadi 9/a",
                "menu.ask{'a', check = menu.amount{places = 2}}|x|menu angalau 0.01/a",
                "menu.ask{'a', check = menu.msisdn{country = '254'}}|x|menu Si nambari ya simu/a",
                "menu.ask{'a', check = menu.date{}}|x|menu Tarehe kama 31012026/a",
                "menu.ask{'a', check = menu.digits{}}|x|menu Tarakimu tu/a",
                "menu.ask{'a', check = menu.digits{min = 3, max = 3}}|x|menu tarakimu 3 kamili/a"
            })
    void a_word_is_in_the_language_of_the_dialog(
            String lua, @Nullable String answers, String shown) {
        ScriptBench bench =
                new ScriptBench(folder)
                        .file("lang/en.yaml", "title: x\n")
                        .file("lang/sw.yaml", WORDS);
        if (answers != null) {
            for (String answer : answers.split(" ", -1)) {
                bench.answer(new PrimitiveResult.Input(answer));
            }
        }
        bench.answer(new PrimitiveResult.Abandon());
        bench.run(
                "t.language 'sw' return menu.flow(function() %s end, {back = '0', home = '00'})"
                        .formatted(lua));
        String last =
                bench.primitives.stream()
                        .filter(it -> !it.equals("close"))
                        .reduce("", (_, it) -> it)
                        .replace('\n', '/')
                        .replaceAll("a{100,}", "AAA");
        assertThat(last).endsWith(shown);
        assertThat(bench.log).isEmpty();
    }
}
