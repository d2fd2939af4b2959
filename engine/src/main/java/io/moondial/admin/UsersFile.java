package io.moondial.admin;

import io.moondial.file.FileTrouble;
import io.moondial.file.OwnersFolder;
import io.moondial.file.PlainFile;
import io.moondial.file.PlainFile.UnreadableFileException;
import io.moondial.text.LogText;
import io.moondial.text.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The file of those who may log in over TCP: a line for each, of a name, a role, and the hash of a
 * password or of a token. Lines that begin with # are left alone, and lost when the file is
 * written.
 */
public final class UsersFile {
    private static final String HEAD =
            "# Who may use the interface of the engine over TCP. \"ussd user\" writes this file.\n";

    /** The most characters that a name has. */
    static final int LONGEST_NAME = 64;

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,%d}".formatted(LONGEST_NAME - 1));
    private static final int MOST = 1000;
    private static final int MAX_OCTETS = 1 << 20;
    private static final int TOKEN_OCTETS = 32;
    private static final String TOKEN_PREFIX = "moondial_";
    private static final Set<PosixFilePermission> OWNER_FILE =
            PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> NOT_ALLOWED =
            EnumSet.of(
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private final Path file;

    public UsersFile(Path file) {
        this.file = file;
    }

    /**
     * One who may log in.
     *
     * @param secret what proves it
     */
    public record User(String name, Role role, Secret secret) {
        /** Whether it is a program with a token, not a person with a password. */
        public boolean isToken() {
            return secret instanceof TokenHash;
        }
    }

    /** The hash of a password or a token. */
    interface Secret {
        /** As it is written in the file. */
        String written();
    }

    /** The SHA-256 of a token: it is random, so that nobody can guess it. */
    record TokenHash(String hex) implements Secret {
        static final String KIND = "token-sha256";

        static TokenHash of(String token) {
            byte[] octets = token.getBytes(StandardCharsets.UTF_8);
            return new TokenHash(new Sha256().add(octets).hex(Sha256.OCTETS));
        }

        boolean isOf(TokenHash other) {
            return MessageDigest.isEqual(
                    hex.getBytes(StandardCharsets.US_ASCII),
                    other.hex.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public String written() {
            return KIND + " " + hex;
        }
    }

    /** What the file says; nobody if it is not there. */
    public List<User> read() throws IOException {
        if (Files.notExists(file)) { // for certain: what cannot be looked at is not empty
            return List.of();
        }
        try {
            String text = new String(PlainFile.read(file, MAX_OCTETS), StandardCharsets.UTF_8);
            requireOwners();
            return parse(text);
        } catch (UnreadableFileException e) {
            throw new IOException("%s: %s (admin: users)".formatted(file, e.reason()), e);
        }
    }

    /** Others could put themselves into it, or try passwords against the hashes. */
    private void requireOwners() throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(NOT_ALLOWED::contains)) {
            throw new IOException(
                    "%s can be read by all or written by others than its owner (%s): chmod 600 it"
                            .formatted(file, PosixFilePermissions.toString(permissions)));
        }
    }

    private List<User> parse(String text) throws IOException {
        List<User> users = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            User user = user(line, number);
            if (!names.add(user.name())) {
                throw bad(number, "the user " + user.name() + " is there twice");
            }
            users.add(user);
        }
        if (users.size() > MOST) {
            throw new IOException(
                    "%s has %d users; at most %d are allowed".formatted(file, users.size(), MOST));
        }
        return List.copyOf(users);
    }

    private User user(String line, int number) throws IOException {
        String[] parts = line.strip().split(" +", 4);
        if (parts.length != 4 || !NAME.matcher(parts[0]).matches()) {
            throw bad(
                    number,
                    "a line is NAME ROLE %s ITERATIONS SALT HASH, or NAME ROLE %s HASH"
                            .formatted(PasswordHash.KIND, TokenHash.KIND));
        }
        Optional<Role> role = Role.named(parts[1]);
        if (role.isEmpty()) {
            throw bad(
                    number,
                    "'%s' is no role; there are viewer, operator, admin"
                            .formatted(LogText.of(parts[1])));
        }
        return new User(parts[0], role.get(), secret(parts[2], parts[3], number));
    }

    private Secret secret(String kind, String rest, int number) throws IOException {
        if (kind.equals(TokenHash.KIND) && rest.matches("[0-9a-f]{64}")) {
            return new TokenHash(rest);
        }
        Optional<PasswordHash> password =
                kind.equals(PasswordHash.KIND) ? PasswordHash.parse(rest) : Optional.empty();
        return password.orElseThrow(
                () -> bad(number, "what follows the role is no hash that ussd user writes"));
    }

    private IOException bad(int number, String why) {
        return new IOException("%s:%d: %s".formatted(file, number, why));
    }

    /**
     * Adds one with a password.
     *
     * @throws IOException if the name or the password is not allowed, the name is taken, or the
     *     file cannot be written; the message says so
     */
    public void add(String name, Role role, String password) throws IOException {
        PasswordHash hash = PasswordHash.of(allowed(password));
        change(users -> added(users, new User(name, role, hash)));
    }

    /**
     * Adds one with a token.
     *
     * @return the token, which is kept nowhere
     * @throws IOException as above
     */
    public String addToken(String name, Role role) throws IOException {
        byte[] random = new byte[TOKEN_OCTETS];
        new SecureRandom().nextBytes(random);
        String token =
                TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        change(users -> added(users, new User(name, role, TokenHash.of(token))));
        return token;
    }

    /** Removes one. */
    public void remove(String name) throws IOException {
        change(
                users -> {
                    User gone = named(users, name);
                    return users.stream().filter(it -> !it.equals(gone)).toList();
                });
    }

    /** Gives one another password. */
    public void password(String name, String password) throws IOException {
        PasswordHash hash = PasswordHash.of(allowed(password));
        change(
                users -> {
                    User before = named(users, name);
                    if (before.isToken()) {
                        throw new IOException(
                                name
                                        + " has a token, not a password: remove it, and add it again with --token for another one");
                    }
                    return users.stream()
                            .map(it -> it.equals(before) ? new User(name, it.role(), hash) : it)
                            .toList();
                });
    }

    private static String allowed(String password) throws IOException {
        int octets = password.getBytes(StandardCharsets.UTF_8).length;
        if (password.codePointCount(0, password.length()) < PasswordHash.SHORTEST
                || octets > PasswordHash.MAX_OCTETS) {
            throw new IOException(
                    "a password has at least %d characters and at most %d octets"
                            .formatted(PasswordHash.SHORTEST, PasswordHash.MAX_OCTETS));
        }
        return password;
    }

    private List<User> added(List<User> users, User user) throws IOException {
        if (!NAME.matcher(user.name()).matches() || user.name().equals(Caller.LOCAL.name())) {
            throw new IOException(
                    "'%s' cannot be a name; allowed are letters, digits and . _ @ -, at most 64, the first a letter or a digit, and not %s"
                            .formatted(LogText.of(user.name()), Caller.LOCAL.name()));
        }
        if (users.stream().anyMatch(it -> it.name().equals(user.name()))) {
            throw new IOException(
                    "%s is in %s already: ussd user password changes a password, ussd user remove removes one"
                            .formatted(user.name(), file));
        }
        List<User> more = new ArrayList<>(users);
        more.add(user);
        if (more.size() > MOST) {
            throw new IOException(
                    "there are %d users already, as many as are allowed".formatted(MOST));
        }
        return more;
    }

    private User named(List<User> users, String name) throws IOException {
        return users.stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IOException(
                                        "there is no user '%s' in %s"
                                                .formatted(LogText.of(name), file)));
    }

    /** What becomes of the users; an exception says why it makes no sense. */
    @FunctionalInterface
    private interface Change {
        List<User> of(List<User> users) throws IOException;
    }

    /** One change at a time, by whichever process. */
    private void change(Change change) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IOException(file + " cannot be a file of users");
        }
        OwnersFolder.make(folder);
        Path lockFile = absolute.resolveSibling("." + absolute.getFileName() + ".lock");
        try (FileChannel lock =
                FileChannel.open(
                        lockFile,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(OWNER_FILE))) {
            lock.lock();
            write(absolute, change.of(read()));
        }
    }

    /** The whole file or nothing: whoever reads it meanwhile has the one before. */
    private static void write(Path file, List<User> users) throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (User user : users) {
            text.append(user.name())
                    .append(' ')
                    .append(user.role().word())
                    .append(' ')
                    .append(user.secret().written())
                    .append('\n');
        }
        Path made = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(made);
        try (FileChannel out =
                FileChannel.open(
                        made,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(OWNER_FILE))) {
            ByteBuffer octets = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                out.write(octets);
            }
            out.force(true);
        }
        try {
            likeBefore(file, made);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(made);
            throw new IOException(
                    "%s cannot be written: %s".formatted(file, FileTrouble.words(e)), e);
        }
    }

    /**
     * Whom the file belonged to it belongs to again, with its permissions: root may change what the
     * engine's user reads.
     */
    private static void likeBefore(Path file, Path made) throws IOException {
        if (Files.notExists(file)) {
            return;
        }
        PosixFileAttributes before = Files.readAttributes(file, PosixFileAttributes.class);
        PosixFileAttributeView view =
                Files.getFileAttributeView(made, PosixFileAttributeView.class);
        PosixFileAttributes now = view.readAttributes();
        if (!now.group().equals(before.group())) {
            view.setGroup(before.group());
        }
        view.setPermissions(before.permissions());
        if (!now.owner().equals(before.owner())) {
            view.setOwner(before.owner());
        }
    }
}
