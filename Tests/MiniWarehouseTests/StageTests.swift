#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// PUT, GET, LIST and REMOVE, and paths that try to leave their stage.
@Suite struct StageTests {
    private func names(_ bench: Bench, _ location: String) throws -> String {
        try bench.run("LIST \(location)").textRows().map { $0[0] ?? "" }.joined(separator: " ")
    }

    @Test func putSaysWhatItDid() throws {
        let bench = try Bench("CREATE STAGE s")
        let file = try bench.folder.file("a.csv", "1,2\n3,4\n")
        let put = try bench.run("PUT file://\(file) @s/in")
        #expect(put.columns.map(\.name) == ["source", "target", "source_size", "target_size", "source_compression",
                                            "target_compression", "status", "message"])
        #expect(put.textRows()[0].map { $0 ?? "" }[0...2] == ["a.csv", "a.csv.gz", "8"])
        #expect(put.textRows()[0].map { $0 ?? "" }[4...6] == ["NONE", "GZIP", "UPLOADED"])
        #expect(try bench.run("PUT file://\(file) @s/in").textRows()[0][6] == "SKIPPED")
        #expect(try bench.run("PUT file://\(file) @s/in OVERWRITE = TRUE").textRows()[0][6] == "UPLOADED")
        #expect(try bench.run("PUT 'file://\(file)' '@s/in' AUTO_COMPRESS = FALSE PARALLEL = 4").textRows()[0][1]
            == "a.csv")
        #expect(try names(bench, "@s") == "s/in/a.csv s/in/a.csv.gz")
        let list = try bench.run("LS @s/in/a.csv PATTERN = '.*csv'")
        #expect(list.columns.map(\.name) == ["name", "size", "md5", "last_modified"])
        #expect(list.textRows().map { [$0[0], $0[1], $0[2]] }
            == [["s/in/a.csv", "8", "00f7d50ab4278a7899d7499481c9603a"]])
        #expect(list.textRows()[0][3]?.hasSuffix(" GMT") == true)
    }

    @Test func compressedFilesStayAsTheyAre() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (a INT, b INT)")
        try bench.put("a.csv", "1,2\n3,4\n", to: "@s")
        let got = bench.folder.path + "/got"
        #expect(try bench.text("GET @s file://\(got)/").hasPrefix("a.csv.gz|"))
        let bytes = ScratchDirectory.contents(got + "/a.csv.gz")
        #expect(bytes.prefix(2) == [0x1F, 0x8B])
        #expect(try bench.run("PUT file://\(got)/a.csv.gz @s/again").textRows()[0][1...] == [
            "a.csv.gz", "\(bytes.count)", "\(bytes.count)", "GZIP", "GZIP", "UPLOADED", ""])
        // Several members in one file are one text.
        try bench.put("two.csv.gz", bytes + bytes, to: "@s/multi")
        try bench.run("COPY INTO t FROM @s/multi")
        #expect(try bench.text("SELECT COUNT(*), SUM(a * b) FROM t") == "4|28")
        // GET replaces what is there.
        try bench.folder.file("got/a.csv.gz", "old")
        try bench.run("GET @s/a.csv.gz file://\(got)")
        #expect(ScratchDirectory.contents(got + "/a.csv.gz") == bytes)
        #expect(ScratchDirectory.names(got) == ["a.csv.gz"])
    }

    @Test func removeAndPrefixes() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (n INT)")
        for name in ["movies.csv", "movies_old.csv", "tags.csv"] { try bench.put(name, "1\n", to: "@s/data") }
        try bench.put("movies.csv", "1\n", to: "@~/mine")
        try bench.put("movies.csv", "1\n", to: "@%t")
        #expect(try names(bench, "@s/data/movies") == "s/data/movies.csv.gz s/data/movies_old.csv.gz")
        #expect(try names(bench, "@s/data/movies.csv") == "s/data/movies.csv.gz")
        #expect(try names(bench, "@s/dat") == "s/data/movies.csv.gz s/data/movies_old.csv.gz s/data/tags.csv.gz")
        #expect(try names(bench, "@~") == "mine/movies.csv.gz")
        #expect(try names(bench, "@%t") == "movies.csv.gz")
        #expect(try bench.text("REMOVE @s PATTERN = '.*old.*'") == "s/data/movies_old.csv.gz|removed")
        #expect(try bench.text("RM @s/data/mov") == "s/data/movies.csv.gz|removed")
        #expect(try bench.run("REMOVE @s/nothing").rowCount == 0)
        #expect(try names(bench, "@s") == "s/data/tags.csv.gz")
        bench.fails("LIST @s PATTERN = '('")
        bench.fails("LIST @nope", .objectNotFound, "NOPE")
        bench.fails("LIST @%nope", .objectNotFound, "NOPE")
    }

    static let tricks = ["../x", "../../manifest", "a/../../x", "./x", "a/./b", "//etc", "/etc/passwd", "a//b", ".."]

    @Test(arguments: tricks) func pathsDoNotLeaveTheStage(_ path: String) throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (n STRING)")
        let file = try bench.folder.file("a.csv", "1\n")
        let before = ScratchDirectory.files(bench.folder.path).filter { !$0.contains("/lock") }
        bench.fails("PUT file://\(file) '@s/\(path)'", .invalidValue, "not allowed")
        bench.fails("LIST '@s/\(path)'", .invalidValue)
        bench.fails("REMOVE '@s/\(path)'", .invalidValue)
        bench.fails("GET '@s/\(path)' file://\(bench.folder.path)/out", .invalidValue)
        bench.fails("COPY INTO t FROM '@s/\(path)'", .invalidValue)
        bench.fails("SELECT $1 FROM '@s/\(path)'")
        #expect(ScratchDirectory.files(bench.folder.path).filter { !$0.contains("/lock") } == before)
    }

    @Test func oddNamesAreFiles() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (n INT)")
        let odd = ["with space.csv", "quote'd.csv", "new\nline.csv", "ünï🎬.csv", "%2e%2e.csv", "a\"b.csv",
            "-rf.csv", "*.csv"]
        for name in odd {
            let path = try bench.folder.file(name, "1\n")
            let url = path.replacing("'", with: "''").replacing("\n", with: "\\n")
            try bench.run("PUT 'file://\(url)' @s/..%2f AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
        }
        #expect(Set(try bench.run("LIST @s").textRows().map { $0[0] ?? "" }) == Set(odd.map { "s/..%2f/" + $0 }))
        try bench.run("COPY INTO t FROM '@s/..%2f/with space.csv'; COPY INTO t FROM @s")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "\(odd.count)")
        #expect(try bench.run("GET @s file://\(bench.folder.path)/out").rowCount == odd.count)
        #expect(ScratchDirectory.names(bench.folder.path + "/out") == odd.sorted())
        let long = String(repeating: "x", count: 300)
        let file = try bench.folder.file("n.csv", "1\n")
        bench.fails("PUT file://\(file) @s/\(long)", .inputOutput)
        bench.fails("PUT file://\(file) @s/" + String(repeating: "long/", count: 300), .invalidValue, "not allowed")
        #expect(try bench.run("LIST @s").rowCount == odd.count)
    }

    #if canImport(Glibc)
    /// Its path cannot be written in a statement, and to pass it over would lose its rows without a word.
    @Test func aNameThatIsNoTextIsSaid() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        let folder = bench.folder.path + "/data"
        mkdir(folder, 0o755)
        let latin: [CChar] = folder.utf8CString.dropLast() + [0x2F, 0x61, CChar(bitPattern: 0xE9), 0]
        close(open(latin, O_CREAT | O_WRONLY, 0o644))
        try bench.run("CREATE STAGE s URL = 'file://\(folder)'; CREATE STAGE i")
        bench.fails("LIST @s", .inputOutput, "is not UTF-8")
        bench.fails("COPY INTO t FROM @s", .inputOutput, "is not UTF-8")
        bench.fails("PUT file://\(folder)/* @i", .inputOutput, "is not UTF-8")
    }
    #endif

    @Test func symbolicLinksAreNotFollowed() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (n STRING)")
        try bench.put("a.csv", "1\n", to: "@s/in")
        let stages = bench.path + "/stages", stage = stages + "/" + ScratchDirectory.names(stages)[0]
        let outside = try bench.folder.file("secret.csv", "top secret\n")
        #expect(symlink(outside, stage + "/link.csv") == 0)
        #expect(symlink(bench.folder.path, stage + "/dir") == 0)
        #expect(try names(bench, "@s") == "s/in/a.csv.gz")
        #expect(try bench.text("SELECT $1 FROM @s") == "1")
        #expect(try bench.text("COPY INTO t FROM @s/link") == "Copy executed with 0 files processed.")
        bench.fails("PUT file://\(outside) @s/dir", .inputOutput, "not a directory")
        bench.fails("PUT file://\(outside) @s/dir/deeper", .inputOutput)
        try bench.run("PUT file://\(outside) @s AUTO_COMPRESS = FALSE")
        // A link in place of a file is replaced, not followed.
        #expect(symlink(outside, stage + "/b.csv") == 0)
        try bench.put("b.csv", "mine\n", to: "@s", options: "AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
        #expect(String(decoding: ScratchDirectory.contents(outside), as: UTF8.self) == "top secret\n")
        try bench.run("DROP STAGE s")
        #expect(ScratchDirectory.names(stages).isEmpty)
        #expect(ScratchDirectory.contents(outside).count == 11)
    }

    /// A time that nanoseconds in 64 bits do not reach, as file systems keep it.
    @Test func filesOfAFarFutureAreListed() throws {
        let bench = try Bench("CREATE STAGE s; CREATE TABLE t (a INT)")
        let file = try bench.folder.file("a.csv", "1\n")
        let time = timespec(tv_sec: 10_413_792_000, tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, file, [time, time], 0) == 0)
        #expect(try bench.run("LIST 'file://\(bench.folder.path)/a'").rowCount == 1)
        #expect(try bench.text("COPY INTO t FROM 'file://\(bench.folder.path)/a'").contains("LOADED"))
    }

    @Test func deepFoldersAreListed() throws {
        let bench = try Bench("CREATE STAGE s")
        let deep = Array(repeating: "d", count: 100).joined(separator: "/")
        try bench.put("a.csv", "1\n", to: "@s/\(deep)")
        #expect(try names(bench, "@s") == "s/\(deep)/a.csv.gz")
    }

    @Test func putOfALinkTakesItsFile() throws {
        let bench = try Bench("CREATE STAGE s")
        let file = try bench.folder.file("real.csv", "5\n")
        #expect(symlink(file, bench.folder.path + "/alias.csv") == 0)
        #expect(symlink("/nowhere", bench.folder.path + "/dangling.csv") == 0)
        #expect(try bench.run("PUT file://\(bench.folder.path)/al*.csv @s").rowCount == 1)
        #expect(try bench.text("SELECT $1 FROM @s/alias.csv") == "5")
        bench.fails("PUT file://\(bench.folder.path)/dangling.csv @s", .fileNotFound)
        bench.fails("PUT file://\(bench.folder.path) @s", .fileNotFound)
        bench.fails("PUT https://example.com/x.csv @s")
    }

    /// A link in an allowed folder opens nothing that the integration does not allow, nor what it blocks.
    @Test func integrationsHoldBehindLinks() throws {
        let folder = try ScratchDirectory(), outside = try ScratchDirectory()
        for name in ["open", "open/sub", "open/shut"] { #expect(mkdir("\(folder.path)/\(name)", 0o755) == 0) }
        try folder.file("open/sub/a.csv", "1\n")
        try folder.file("open/shut/b.csv", "2\n")
        try outside.file("c.csv", "3\n")
        #expect(symlink(outside.path, folder.path + "/open/out") == 0)
        #expect(symlink(folder.path + "/open/shut", folder.path + "/open/sub/in") == 0)
        #expect(symlink(folder.path + "/open", folder.path + "/alias") == 0)
        let bench = try Bench("""
            CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'LOCAL' ENABLED = TRUE
            STORAGE_ALLOWED_LOCATIONS = ('file://\(folder.path)/alias/') STORAGE_BLOCKED_LOCATIONS = ('file://\(folder.path)/alias/shut/');
            CREATE STAGE s URL = 'file://\(folder.path)/alias/sub' STORAGE_INTEGRATION = i
            """)
        #expect(try bench.text("SELECT $1 FROM @s") == "1")
        for place in ["alias/out/", "alias/shut/", "alias/sub/in/", "alias/out/new/"] {
            let url = "file://\(folder.path)/\(place)"
            bench.fails("CREATE STAGE t URL = '\(url)' STORAGE_INTEGRATION = i", .invalidValue, "not allowed by integration")
            bench.fails("COPY INTO '\(url)' FROM (SELECT 1) STORAGE_INTEGRATION = i", .invalidValue, "not allowed")
        }
        try bench.run("COPY INTO 'file://\(folder.path)/alias/new/deep/' FROM (SELECT 1) STORAGE_INTEGRATION = i")
        #expect(ScratchDirectory.names(outside.path) == ["c.csv"])
        // A folder of a stage that is there becomes a link.
        #expect(unlink(folder.path + "/open/sub/a.csv") == 0 && unlink(folder.path + "/open/sub/in") == 0)
        #expect(rmdir(folder.path + "/open/sub") == 0 && symlink(outside.path, folder.path + "/open/sub") == 0)
        bench.fails("SELECT $1 FROM @s", .invalidValue, "not allowed by integration")
    }

    @Test func foldersOfThisMachineAreReadOnly() throws {
        let folder = try ScratchDirectory()
        try folder.file("a.csv", "1\n2\n")
        let outside = try ScratchDirectory()
        try outside.file("b.csv", "9\n")
        #expect(symlink(outside.path, folder.path + "/out") == 0)
        #expect(symlink(outside.path + "/b.csv", folder.path + "/b.csv") == 0)
        let bench = try Bench("CREATE STAGE x URL = 'file://\(folder.path)'; CREATE TABLE t (n INT)")
        #expect(try names(bench, "@x") == "file://\(folder.path)/a.csv")
        bench.fails("PUT file://\(outside.path)/b.csv @x", .unsupported)
        bench.fails("REMOVE @x", .unsupported)
        try bench.run("COPY INTO t FROM @x PURGE = TRUE")
        #expect(try bench.text("SELECT SUM(n) FROM t") == "3")
        #expect(ScratchDirectory.names(folder.path).contains("a.csv"), "a folder of this machine is not written")
        bench.fails("LIST @x/out/../..", .invalidValue)
        #expect(try bench.run("LIST @x/out").rowCount == 0)
        try bench.run("DROP STAGE x")
        #expect(ScratchDirectory.names(folder.path) == ["a.csv", "b.csv", "out"])
        bench.fails("CREATE STAGE y URL = 'ftp://x/'", .invalidURLPrefix, "ftp://x/")
        try bench.run("CREATE STAGE z URL = 's3://bucket/path/'")
        bench.fails("LIST @z", .unsupported, "s3://bucket/path/")
    }
}
