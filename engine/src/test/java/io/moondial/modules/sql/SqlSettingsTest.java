package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Configuration;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes in the section {@code sql}, and in the calls of scripts, found before they run. */
class SqlSettingsTest {
    @TempDir Path folder;

    private Configuration read(String database, String lua) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/any.lua"), lua);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                "process: {triggers: [{script_key: any}]}\nsql:\n  databases:\n    bank:\n"
                        + database.indent(6));
        return Configuration.read(rules, CompilationObserver.NONE, SqlBench.MODULES);
    }

    private void refused(String database, String place, String words) {
        assertThatThrownBy(() -> read(database, "return 'x'"))
                .hasMessageContaining("rules.yaml:" + place)
                .hasMessageContaining(words);
    }

    @Test
    void a_mistake_is_found_where_it_is() {
        refused("user: x", "5:7", "url is missing");
        refused("url: \"postgresql://x/y\"", "5:12", "allowed is a JDBC URL such as");
        refused(
                "url: \"jdbc:oracle:thin:@//x/y\"",
                "5:12",
                "no driver knows jdbc:oracle:. PostgreSQL, MariaDB and SQLite are built in; put the jar of another driver into");
        refused(
                "url: \"jdbc:postgresql://x/y?user=a&password=b\"",
                "5:12",
                "it has a password in it; write that as password: {file: PATH} or {env: NAME}");
        refused("url: \"jdbc:mariadb://a:b@x/y\"", "5:12", "it has a password in it");
        refused("url: \"jdbc:sqlite::memory:\"", "5:12", "allowed for SQLite is jdbc:sqlite:FILE");
        refused(
                "url: \"jdbc:sqlite:x\"\nacquire_timeout: 3s",
                "6:24",
                "acquire_timeout (3s) must not be longer than timeout (2s)");
        refused("url: \"jdbc:sqlite:x\"\npool: 0", "6:13", "a whole number from 1 to 500");
        refused(
                "url: \"jdbc:sqlite:x\"\nmax_rows: many",
                "6:17",
                "a whole number from 1 to 100000");
        refused("url: \"jdbc:sqlite:x\"\nread_olny: true", "6:7", "did you mean read_only?");
        refused("url: \"jdbc:sqlite:x\"\npassword: secret", "6:17", "{file: PATH} or {env: NAME}");
        refused(
                "url: \"jdbc:sqlite:x\"\npassword: {file: nowhere}",
                "6:24",
                "there is no such file");
        refused(
                "url: \"jdbc:sqlite:x\"\nstatements: {a: \"SELECT 'x\"}",
                "6:23",
                "the text or name that begins with ' does not end");
        refused(
                "url: \"jdbc:sqlite:x\"\nstatements: {a: \"SELECT 1; SELECT 2\"}",
                "6:23",
                "more follows after the ;");
        refused(
                "url: \"jdbc:sqlite:x\"\nstatements: {a: COMMIT}",
                "6:23",
                "COMMIT is not for scripts");
        refused("url: \"jdbc:sqlite:x\"\nstatements: {1a: SELECT 1}", "6:20", "a letter or _");
    }

    @Test
    void a_folder_that_is_not_there_is_a_warning() throws Exception {
        assertThat(read("url: \"jdbc:sqlite:data/bank.db\"", "return 'x'").warnings())
                .extracting(Object::toString)
                .singleElement()
                .asString()
                .contains("rules.yaml:5:12")
                .contains(
                        "url: there is no folder "
                                + folder.resolve("data")
                                + ": until it is made, each call returns unavailable");
        Files.createDirectory(folder.resolve("data"));
        assertThat(read("url: \"jdbc:sqlite:data/bank.db\"", "return 'x'").warnings()).isEmpty();
    }

    @Test
    void what_is_read_is_printed_without_the_password() throws Exception {
        Files.writeString(folder.resolve("secret"), "pa55word");
        String printed =
                read(
                                "url: \"jdbc:postgresql://127.0.0.1/bank\"\npassword: {file: secret}\nstatements: {a: \"SELECT 1\"}",
                                "return 'x'")
                        .rules()
                        .print();
        assertThat(printed)
                .contains("url: \"jdbc:postgresql://127.0.0.1/bank\"")
                .contains("pool: 10")
                .contains("timeout: 2s")
                .contains("acquire_timeout: 500ms")
                .contains("max_rows: 1000")
                .contains("max_bytes: 1MiB")
                .contains("read_only: false")
                .contains("SELECT 1")
                .doesNotContain("pa55word");
    }

    @Test
    void a_driver_in_lib_d_is_found() throws Exception {
        Files.createDirectories(folder.resolve("lib.d"));
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(folder.resolve("lib.d/driver.jar")))) {
            put(
                    jar,
                    "META-INF/services/java.sql.Driver",
                    OtherDriver.class.getName().getBytes(StandardCharsets.UTF_8));
        }
        String url = "jdbc:other:" + folder.resolve("other.db");
        assertThat(read("url: \"" + url + "\"", "return 'x'").rules().print()).contains(url);
        try (SqlBench bench =
                new SqlBench(
                        folder,
                        "sql: {databases: {bank: {url: \"%s\", pool: 1, timeout: 20s, acquire_timeout: 20s}}}\n"
                                .formatted(url))) {
            assertThat(
                            bench.run(
                                    """
                                    sql.execute("bank", "CREATE TABLE a (b INT)")
                                    local n = sql.transaction("bank", function(tx)
                                      return tx:execute("INSERT INTO a VALUES (:b)", {b = 7})
                                    end)
                                    local back = pcall(sql.transaction, "bank", function(tx)
                                      tx:execute("DELETE FROM a")
                                      error("no")
                                    end)
                                    return n .. tostring(back) .. sql.value("bank", "SELECT b FROM a WHERE b = :b", {b = 7})
                                    """))
                    .isEqualTo("1false7");
            assertThat(bench.gauges()).contains("sql.bank active 0");
        }
    }

    private static void put(JarOutputStream jar, String name, byte[] content) throws Exception {
        jar.putNextEntry(new JarEntry(name));
        ((OutputStream) jar).write(content);
        jar.closeEntry();
    }

    @Test
    void a_call_that_cannot_work_is_found_with_the_scripts() {
        String database = "url: \"jdbc:sqlite:x\"\nstatements: {balance: \"SELECT 1\"}";
        found(
                database,
                "sql.value('bonk', 'SELECT 1')",
                "the rules have no database 'bonk'; did you mean bank?");
        found(database, "sql.value('bank', 'balanse')", "did you mean balance?");
        found(database, "sql.value('bank', \"SELECT 'a\")", "does not end");
        found(
                database,
                "sql.execute('bank', 'DELETE FROM a; DELETE FROM b')",
                "more follows after the ;");
        found(database, "sql.transaction('bonk', function() end)", "did you mean bank?");
    }

    private void found(String database, String lua, String words) {
        assertThatThrownBy(() -> read(database, "local sql = require 'sql'\n" + lua))
                .hasMessageContaining("any.lua:2:")
                .hasMessageContaining(words);
    }
}
