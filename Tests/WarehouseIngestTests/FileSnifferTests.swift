import Testing
import WarehouseBasics
import WarehouseIngest

/// What the beginning of a file tells of its format.
@Suite struct FileSnifferTests {
    private func sniff(_ bytes: [UInt8], name: String = "a.csv", _ hints: SniffHints = SniffHints()) throws -> SniffedFile? {
        try SniffedFile({ MemorySource(bytes) }, fileName: name, hints: hints, settings: settings())
    }

    private func csv(_ text: String, name: String = "a.csv", _ hints: SniffHints = SniffHints()) throws
        -> (names: [String]?, width: Int, format: CSVFormat) {
        let found = try #require(try sniff(Array(text.utf8), name: name, hints))
        guard case .csv(let format) = found.kind else { throw WarehouseError(.internalFault, "no CSV: \(found)") }
        return (found.names, found.width, format)
    }

    @Test(arguments: [
        ("a,b\n1,2\n", ","), ("a;b\n1,5;2,5\n", ";"), ("a\tb\n1,2\t3,4\n5\t6\n", "\t"), ("a|b|c\n1|2|3\n", "|"),
        ("a\n1\n", ","), ("a\u{1}b\n1\u{1}2\n", "\u{1}"), ("text;note\n\"x, y, z\";\"p, q, r\"\n", ";"),
        ("id;text\n1;one, two\n2;three\n3;four, five, six\n", ";"), ("1,5;2,5\n3,5;4,5\nx;y\n", ";"),
    ])
    func delimiters(_ text: String, _ delimiter: String) throws {
        #expect(try csv(text).format.fieldDelimiter == Array(delimiter.utf8))
    }

    @Test(arguments: [
        ("id,name\n1,x\n", ["id", "name"], 1), ("a,b\r\n1,2\r\n", ["a", "b"], 1), ("a,b\r1,2\r", ["a", "b"], 1),
        ("\"a\nb\",c\n1,2\n", ["a\nb", "c"], 2), ("Report\n\na,b\n1,2\n3,4\n", ["a", "b"], 3), ("a,b", ["a", "b"], 1),
        (",x\n0,1\n1,2\n", ["", "x"], 1), ("a,a\n1,2\n", ["a", "a"], 1), ("k,v\nfoo,bar\n", ["k", "v"], 1),
        ("sep=;\na;b\n1;2\n", ["a", "b"], 2), ("sep=|\r\na|b\r\n1|2\r\n", ["a", "b"], 2),
        (" a , b \n1,2\n", ["a", "b"], 1), ("\u{FEFF}a,b\n1,2\n", ["a", "b"], 1), ("\"say \"\"x\"\"\",b\n1,2\n", ["say \"x\"", "b"], 1),
    ])
    func headers(_ text: String, _ names: [String], _ lines: Int) throws {
        let found = try csv(text)
        #expect(found.names == names && found.format.skipHeader == lines, "\(found)")
    }

    @Test(arguments: ["1,2\n3,4\n", "x,2020-01-01\ny,2020-01-02\n", "x,y\nz,y\n", "true,x\nfalse,y\n", "a,a\nb,c\n"])
    func filesWithoutNames(_ text: String) throws {
        let found = try csv(text)
        #expect(found.names == nil && found.format.skipHeader == 0 && found.width == 2, "\(found)")
    }

    /// Years among other names are names (values that are no years stand below); a malformed first line holds none.
    @Test func yearsAsNames() throws {
        #expect(try csv("country,2019,2020\nx,1,2\ny,3,4\n").names == ["country", "2019", "2020"])
        #expect(try csv("country,2020,2010\nx,1.5,\ny,3,4\n").names == ["country", "2020", "2010"])
        #expect(try csv("bob,1980,1990\nann,1970,2001\n").names == nil)
        #expect(try csv("country,2020,2019,2021\nx,1,2,3\n").names == nil)
        #expect(try csv("2019,2020\n1,2\n").names == nil)
        #expect(try csv("x,2020\ny,3\n").names == nil)
        let long = String(repeating: "n", count: 300)
        #expect(try csv("\(long),b\nx,2\n").names == [long, "b"])
        #expect(try csv("\(long),b\nx,y\n").names == nil)
        #expect(try csv("\"a,b\n1,2\n3,4\n").names == nil)
    }

    /// The record behind the names does not fit the sample.
    @Test(arguments: ["\n", "\r\n", "\n\n"]) func namesAboveALongRecord(_ end: String) throws {
        let found = try csv("a,b\(end)\(String(repeating: "x", count: 300_000)),1\ny,2\n")
        #expect(found.names == ["a", "b"] && found.format.skipHeader == 1, "\(found.format.skipHeader)")
    }

    /// A quote that is never closed is an error to be told; where it closes within its field, or between tabs, it is text.
    @Test func quotesThatAreNeverClosed() throws {
        let quote = UInt8(ascii: "\"")
        #expect(try csv("a,b,c\n1,\"open,2\n3,4,5\n6,7,8\n").format.enclosure == quote)
        #expect(try csv("A,B,C\n\"1,2,3\n4,5,6\n").format.enclosure == quote)
        #expect(try csv("a,b\n\"x\"y,1\nz,2\n").format.enclosure == nil)
        #expect(try csv("a\tb\n\"Rome\t1\nParis\t2\nOslo\t3\n").format.enclosure == nil)
    }

    /// Python's writer does not enclose line feeds where its lines end in CR, nor spreadsheets where they end in CR LF.
    @Test func lineEndsWithinFields() throws {
        #expect(try csv("id,t\r1,x\ny\r2,z\r").format.recordDelimiter == [13])
        #expect(try csv("id,t\r\n1,x\ny\r\n2,z\r\n").format.recordDelimiter == [13, 10])
        #expect(try csv("id,t\n1,x\ry\n2,z\n").format.recordDelimiter == [10])
        #expect(try csv("id,t\r1,\"x\ny\"\r2,z\r").format.recordDelimiter == nil)
        // Mixed line ends are ends all the same, and so are those of one kind among ragged records.
        #expect(try csv("id,t\r1,x\n2,y\r\n3,z\r").format.recordDelimiter == nil)
        #expect(try csv("id,t\n1\n2,y,z\n").format.recordDelimiter == nil)
        #expect(try csv("a,b,c\r1,2,x\ny\r4,5,6\r7,8,9\r1,2,3\r").format.recordDelimiter == [13])
        #expect(try csv("a,b\r1,x\ny\r2,z\r3,w\r").format.recordDelimiter == [13])
        #expect(try csv("a\n\"x\r\ny\"\nb,c\nd\ne\n").format.recordDelimiter == nil)
        let found = try csv("id,t\r1,x\ny\r2,z\r")
        #expect(found.names == ["id", "t"] && found.format.skipHeader == 1)
    }

    /// A title that a spreadsheet writes with all its delimiters, and remarks, above names that types tell.
    @Test func titlesAsWideAsRecords() throws {
        #expect(try csv("Report,,\nid,name,n\n1,x,2\n").names == ["id", "name", "n"])
        #expect(try csv("Report,,\n,,\n\nid,name,n\n1,x,2\n").format.skipHeader == 4)
        // What may be names or values stays.
        #expect(try csv("#id,n\n1,2\n3,4\n").names == ["#id", "n"])
        #expect(try csv("x,,\na,b,c\nd,e,f\n").names == nil)
        #expect(try csv("x,,\n1,2,3\n").names == nil)
        #expect(try csv("#id,name\na,b\nc,d\n").names == ["#id", "name"])
        // Names behind `#` are no remark, whatever the first values are.
        let scores = try csv("#id,name,score\nx1,bob,n/a\nx2,al,3\nx3,jo,4\n")
        #expect(scores.names == ["#id", "name", "score"] && scores.format.skipHeader == 1)
        let bed = try csv("#chrom\tstart\tend\tname\nchr1\t.\t.\tNA\nchr1\t10\t20\tx\nchr2\t11\t30\ty\n")
        #expect(bed.names == ["#chrom", "start", "end", "name"] && bed.format.skipHeader == 1)
        let units = try csv("#time,temp\ns,degC\n0,20\n1,21\n")
        #expect(units.names == ["#time", "temp"] && units.format.skipHeader == 1)
        #expect(try csv("#id,n\n1,2\n# one\n3,4\n").names == ["#id", "n"])
        // Who tells where the names are is obeyed.
        var hints = SniffHints()
        hints.hasHeader = false
        let rows = try csv("a1,,\na2,,\nb,c,d\n1,x,2\n3,y,4\n", hints)
        #expect(rows.names == nil && rows.format.skipHeader == 0 && rows.width == 3)
        #expect(try csv("#id,n\n1,2\n3,4\n", hints).format.skipHeader == 0)
        hints.hasHeader = true
        #expect(try csv("a1,,\nb,c,d\n1,x,2\n3,y,4\n", hints).format.skipHeader == 1)
        hints.comment = SniffHints.Comment(nil)
        #expect(try csv("#id,n\na,b\n1,2\n", hints).names == ["#id", "n"])
    }

    /// Remarks among the records are told by having other fields than these.
    @Test func remarks() throws {
        let hash = UInt8(ascii: "#")
        let found = try csv("a,b\n1,2\n# one\n3,4\n#\n")
        #expect(found.format.comment == hash && found.format.skipBlankLines && found.names == ["a", "b"])
        #expect(try csv("# top\noh no\n# more\na;b\n# this\n1;3\n6;7\n# end").names == ["a", "b"])
        #expect(try csv("# top\noh no\n# more\na;b\n# this\n1;3\n6;7\n# end").format.skipHeader == 5)
        // Above the names alone nothing need be known of them, and records they may be, or parts of texts.
        for text in ["# top\na,b\n1,2\n", "a,b\n#1,2\n#2,3\n", "#a,b\n1,2\n", "a,b\n1,\"x\n# y\"\n2,z\n", "tag\n#x\n#y\nz\n"] {
            #expect(try csv(text).format.comment == nil, "\(text)")
        }
        var hints = SniffHints()
        hints.comment = SniffHints.Comment(nil)
        #expect(try csv("a,b\n1,2\n# one\n3,4\n", hints).format.comment == nil)
        hints.comment = SniffHints.Comment(UInt8(ascii: "!"))
        let told = try csv("! top, x\na,b\n! 1,2\n1,2\n", hints)
        #expect(told.format.comment == UInt8(ascii: "!") && told.names == ["a", "b"] && told.format.skipHeader == 3)
        hints.comment = SniffHints.Comment(UInt8(ascii: ","))
        #expect(throws: WarehouseError.self) { try csv("a,b\n1,2\n3,4\n", hints) }
    }

    /// What was guessed from the beginning holds for the whole file, or is an error.
    @Test func remarksBehindTheSample() throws {
        let rows = String(repeating: "1," + String(repeating: "x", count: 200) + "\r\n", count: 1_500)
        let text = "a,b\r\n1,2\r\n# one\r\n" + rows
        let found = try sniff(Array((text + "# two").utf8))
        #expect(found?.remarkCount == 2)
        for record in ["#3,4\r\n", "#3,\"4,5\"\r\n", "#3,4"] {
            let error = #expect(throws: WarehouseError.self) { try sniff(Array((text + record).utf8)) }
            #expect(error?.message.contains("Line 1504 of") == true, "\(String(describing: error))")
        }
        var hints = SniffHints()
        hints.comment = SniffHints.Comment(UInt8(ascii: "#"))
        #expect(try sniff(Array((text + "#3,4\r\n").utf8), hints)?.width == 2)
    }

    /// Several names may be missing where values tell that the others are names; one quote may enclose what divides.
    @Test func namesThatAreMissingAndApostrophes() throws {
        #expect(try csv("a,b,c,,\n1,x,,,\n2,y,,,z\n").names == ["a", "b", "c", "", ""])
        #expect(try csv("a,,,,\n1,x,,,\n2,y,,,z\n").names == nil)
        #expect(try csv("a,b,c,,\nx,y,,,\nz,z,,,z\n").names == nil)
        #expect(try csv("1\tx\ta\n2\tx\t'b\tc'\n3\tx\td\n").format.enclosure == UInt8(ascii: "'"))
        #expect(try csv("n,t\n1,it's\n2,'tis\n").format.enclosure != UInt8(ascii: "'"))
    }

    /// Spaces around enclosures, as an empty text that is enclosed like all values, are not what was meant.
    @Test func paddedAndWhollyEnclosedValues() throws {
        #expect(try csv("a,b\n\"x\" ,1\n\"y\" ,2\n").format.trimSpace)
        #expect(try csv("A, \"B\" ,C\nd, \"E\" ,F\n").format.trimSpace)
        #expect(try !csv("a,b\n\"x\",1\n y,2\n").format.trimSpace)
        #expect(try csv("a,b\n\"1\",\"\"\n").format.nullIf.contains([]))
        #expect(try csv("\"a\",\"b\"\r\n\"1\",\"\"\r\n").format.nullIf.contains([]))
        #expect(try !csv("a,b\n1,\"\"\n").format.nullIf.contains([]))
        #expect(try !csv("a,b\n").format.nullIf.contains([]))
    }

    @Test func enclosuresAndEscapes() throws {
        #expect(try csv("a,b\n1,\"x, y\"\n").format.enclosure == UInt8(ascii: "\""))
        #expect(try csv("a,b\n1,'x, y'\n2,'z'\n").format.enclosure == UInt8(ascii: "'"))
        // An apostrophe is none.
        #expect(try csv("a,b\n1,'tis\n2,x\n").format.enclosure == UInt8(ascii: "\""))
        let escaped = try csv("a,b\n1,\"x \\\"y\\\", z\"\n").format
        #expect(escaped.escape == UInt8(ascii: "\\") && escaped.enclosure == UInt8(ascii: "\""))
        // Inches.
        #expect(try csv("a,b\n1,\"5\" pipe\n2,\"6\" pipe\n").format.enclosure == nil)
        // One bad record takes no quotes from the others.
        #expect(try csv("a,b\n1,\"x\"\n2,\"y\"z\n3,\"z\"\n").format.enclosure == UInt8(ascii: "\""))
        #expect(try csv("a,b\n1,C:\\new\n").format.escapeUnenclosed == nil)
        #expect(try csv("a, b\n1, \"x, y\"\n").format.trimSpace)
        #expect(try !csv("a,b\n1, x\n").format.trimSpace)
    }

    @Test func whatIsSaidHolds() throws {
        var hints = SniffHints()
        hints.hasHeader = false
        hints.delimiter = UInt8(ascii: ":")
        hints.nullIf = ["NA"]
        let found = try csv("a:b\n1:2\n", hints)
        #expect(found.names == nil && found.width == 2 && found.format.skipHeader == 0)
        #expect(found.format.nullIf == [Array("\\N".utf8), Array("NA".utf8)])
        hints.hasHeader = true
        #expect(try csv("1:2\n3:4\n", hints).names == ["1", "2"])
    }

    @Test func encodings() throws {
        let latin = try #require(try sniff([0x61, 0x3B, 0x62, 10, 0xFC, 0x3B, 0x31, 10]))
        guard case .csv(let format) = latin.kind else { throw WarehouseError(.internalFault, "no CSV") }
        #expect(format.encoding == .windows1252 && latin.names == ["a", "b"])
        let wide = try #require(try sniff([0xFF, 0xFE] + "a,b\n1,2\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }))
        guard case .csv(let other) = wide.kind else { throw WarehouseError(.internalFault, "no CSV") }
        #expect(other.encoding == .utf16 && wide.names == ["a", "b"])
        // A character that the sample cuts is none that is wrong.
        let long = "a,b\n" + String(repeating: "ä,1\n", count: 100_000)
        #expect(try csv(long).format.encoding == .utf8)
    }

    @Test(arguments: [
        ("a.json", "{\"a\": 1}", false), ("a.txt", "[{\"a\": 1}]", true), ("a.txt", " [ ]", true), ("x", "{\"a\":1}\n{\"a\":2}", false),
    ])
    func documents(_ name: String, _ text: String, _ isArray: Bool) throws {
        let found = try #require(try sniff(Array(text.utf8), name: name))
        guard case .json(let format) = found.kind else { throw WarehouseError(.internalFault, "no JSON: \(found)") }
        #expect(format.stripOuterArray == isArray)
    }

    @Test func nothingAndOtherFiles() throws {
        #expect(try sniff([]) == nil)
        #expect(try sniff(Array(" \n\n".utf8)) == nil)
        let archive = Array(repeating: UInt8(ascii: "a"), count: 257) + Array("ustar".utf8)
        for (bytes, name) in [(Array("PAR1....".utf8), "Parquet"), ([0x50, 0x4B, 3, 4, 0, 0], "ZIP"), (archive, "tar")] {
            #expect { _ = try sniff(bytes) } throws: { error in
                guard let error = error as? WarehouseError else { return false }
                return error.code == ErrorKind.unsupported.code && error.message.contains(name)
            }
        }
        // Anything at all gives an answer, or an error that says what is wrong.
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in "\"',;\n\r\\ a1|\t".utf8.randomElement() ?? 0 }
            _ = try sniff(bytes)
        }
    }

    @Test(arguments: [
        (["First Name", "größe", "1x", "", "a-b", "a b", "$x", "_"], ["FIRST_NAME", "GRÖSSE", "_1X", "C4", "A_B", "A_B_2", "_$X", "_"]),
    ])
    func namesOfColumns(_ names: [String], _ expected: [String]) {
        #expect(ColumnNaming.columns(names) == expected)
    }

    @Test func namesOfFiles() {
        #expect(FileNameParts("x/ratings.csv.gz").stem == "ratings")
        #expect(FileNameParts("v1.2.json").stem == "v1.2" && FileNameParts("v1.2.json").format == "json")
        #expect(FileNameParts("README").stem == "README" && !FileNameParts("README").isData)
        #expect(!FileNameParts("a.gz").isData && FileNameParts("A.CSV").isData)
    }
}
