package io.moondial.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.coverage.Coverage.HtmlReport;
import io.moondial.coverage.Coverage.LcovReport;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Compiler.CompileFailure;
import io.moondial.script.lua.LuaString;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** The three reports of the same counts. */
class ReportsTest {
    private static final String SOURCE =
            """
            -- <b>&"quoted"</b>
            local function f(a)
              if a then
                return "on"
              end
              return "past"
            end
            for i = 1, 2 do
              f(i)
            end
            local g = function() return {} end
            """;

    /** Compiled, and never run. */
    private static FileCoverage compiled() {
        try {
            Coverage coverage = new Coverage();
            LuaString source = LuaString.of(SOURCE);
            coverage.compiled(
                    Path.of("scripts/x.lua"), source, new Compiler().compileFile(source, "x.lua"));
            return coverage.files().getFirst();
        } catch (CompileFailure e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same, with counts. */
    private static FileCoverage counted() {
        FileCoverage plain = compiled();
        var lines = new TreeMap<>(plain.lines());
        lines.replaceAll((line, count) -> line == 6 ? 0L : 2L);
        var branches =
                plain.branches().stream()
                        .map(
                                b ->
                                        new io.moondial.script.lua.WatchedChunk.Branch(
                                                b.line(), b.kind(), 2, b.line() == 8 ? 1 : 0))
                        .toList();
        return new FileCoverage(plain.file(), plain.source(), lines, branches, plain.functions());
    }

    private static String golden(String name) {
        try (InputStream in = ReportsTest.class.getResourceAsStream("/coverage/" + name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String relative(String report) {
        return report.replace(Path.of("").toAbsolutePath().toString(), "/HERE");
    }

    @Test
    void the_table() {
        assertThat(Coverage.table(List.of(compiled(), counted())))
                .isEqualTo(
                        """
                        coverage       lines           branches
                        scripts/x.lua    0%       0/7    0%       0/4
                          lines not run: 2-11
                        scripts/x.lua   85%       6/7   75%       3/4
                          lines not run: 6
                          ways not taken: 3 never past
                        all             42%      6/14   37%       3/8
                        """);
    }

    @Test
    void the_trace() {
        assertThat(relative(LcovReport.of(List.of(compiled(), counted()))))
                .isEqualTo(golden("lcov.info"));
    }

    @Test
    void the_page() {
        assertThat(HtmlReport.of(List.of(compiled(), counted()))).isEqualTo(golden("index.html"));
    }

    @Test
    void the_page_is_well_formed_and_loads_nothing() throws Exception {
        String page = HtmlReport.of(List.of(compiled(), counted()));
        assertThat(page).doesNotContain("http:", "https:", "<script", "src=");
        String body = page.substring(page.indexOf("<body>"), page.indexOf("</html>"));
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(body)));
    }

    @Test
    void no_files_are_all_there() {
        assertThat(Coverage.table(List.of())).endsWith("\nall  100%       0/0  100%       0/0\n");
        assertThat(LcovReport.of(List.of())).isEmpty();
    }

    @Test
    void a_share_is_rounded_down_so_that_100_means_all() {
        assertThat(new FileCoverage.Share(999, 1000).percent()).isEqualTo(99);
        assertThat(new FileCoverage.Share(1000, 1000).percent()).isEqualTo(100);
        assertThatThrownBy(() -> new FileCoverage.Share(2, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
