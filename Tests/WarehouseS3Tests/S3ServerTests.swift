#if S3
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseIngest
@testable import WarehouseS3

private let endpoint = getenv("MLWH_S3_ENDPOINT").map { String(cString: $0) }

/// Against a real server: `Scripts/test` starts one and names it in MLWH_S3_ENDPOINT.
@Suite(.enabled(if: endpoint != nil, "MLWH_S3_ENDPOINT names no server"), .serialized) struct S3ServerTests {
    private func bucket(_ name: String) throws -> S3Client {
        let address = try S3Address(bucket: name, region: "us-east-1", endpoint: endpoint)
        let client = S3Client(address, S3Credentials(keyID: "testing", secretKey: "hush-hush"))
        _ = try client.send(.PUT, accepted: [200, 409])
        return client
    }

    private func put(_ bytes: [UInt8], _ key: String, _ client: S3Client, partBytes: Int = 8 << 20) throws {
        let writer = S3Writer(client, key, partBytes: partBytes)
        try bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
    }

    private func drain(_ source: any ByteSource) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 70_000)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    @Test func objectsComeBackWhole() throws {
        let client = try bucket("whole"), store = S3Bucket(client: client)
        let large = (0..<12_000_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        for (key, bytes, part) in [("empty", [], 1 << 20), ("small", Array("a,b\n".utf8), 1 << 20), ("large", large, 5 << 20),
                                   ("odd/ä b+c&d=e%41'(1)*.csv", [1, 2], 1 << 20)] {
            try put(bytes, key, client, partBytes: part)
            let found = try store.list(prefix: key)
            #expect(found.map(\.key) == [key] && found[0].size == bytes.count && found[0].modifiedAt > 0)
            for range in bytes.count > 1000 ? [1 << 20, 5_000_000] : [1, 3, 1 << 20] {
                #expect(try drain(S3Reader(client, found[0], rangeBytes: range)) == bytes)
            }
            try store.remove(key)
            #expect(try store.list(prefix: key).isEmpty)
        }
    }

    @Test func listingsHavePages() throws {
        let client = try bucket("pages"), store = S3Bucket(client: client)
        for number in 0..<1005 { try put([65], "p/\(10_000 + number)", client) }
        let found = try store.list(prefix: "p/")
        #expect(found.map(\.key) == (0..<1005).map { "p/\(10_000 + $0)" })
    }

    @Test func aReplacedObjectIsNoticed() throws {
        let client = try bucket("replaced"), store = S3Bucket(client: client)
        try put(Array(repeating: 65, count: 1000), "k", client)
        let found = try store.list(prefix: "k")[0]
        try put(Array(repeating: 66, count: 1000), "k", client)
        #expect(throws: WarehouseError.self) { try drain(S3Reader(client, found)) }
    }

    @Test func aWriterThatIsLetGoLeavesNothing() throws {
        let client = try bucket("letgo")
        do {
            let writer = S3Writer(client, "k", partBytes: 5 << 20)
            let bytes = [UInt8](repeating: 1, count: 6 << 20)
            try bytes.withUnsafeBytes { try writer.write($0) }
        }
        let uploads = try client.send(.GET, query: [("uploads", "")])
        #expect(S3Document(uploads.body).elements("Upload").isEmpty)
        #expect(try S3Bucket(client: client).list(prefix: "").isEmpty)
    }

    @Test func whatIsMissingSaysSo() throws {
        let client = try bucket("missing")
        let absent = S3Client(try S3Address(bucket: "no-such-bucket", region: "us-east-1", endpoint: endpoint), nil)
        do {
            _ = try S3Bucket(client: absent).list(prefix: "")
            Issue.record("no error")
        } catch let error as WarehouseError {
            #expect(error.code == "091003" && error.message.contains("NoSuchBucket"))
        }
        let object = StoredObject(key: "k", size: 5, modifiedAt: 0, contentTag: "")
        do {
            _ = try drain(S3Reader(client, object))
            Issue.record("no error")
        } catch let error as WarehouseError {
            #expect(error.message == "Remote file 's3://missing/k' was not found.")
        }
    }

    @Test func stages() throws {
        let client = try bucket("netflix-demo")
        try put(Array("id,name\n1,one\n2,two\n".utf8), "raw/a.csv", client)
        try put(Array("id,name\n3,three\n".utf8), "raw/b.csv", client)
        try put(Array("id,name\n9,other\n".utf8), "rawer/c.csv", client)
        let folder = "/tmp/mlwh-s3-\(UInt64.random(in: 0...UInt64.max))"
        defer { _ = system("rm -rf \(folder)") }
        var options = WarehouseOptions()
        options.objectStores = [S3()]
        let warehouse = try Warehouse.open(folder + "/w.mlwh", options: options)
        let server = try #require(endpoint)
        try warehouse.execute("""
            CREATE STAGE s URL = 's3://netflix-demo/raw' ENDPOINT = '\(server)'
              CREDENTIALS = (AWS_KEY_ID = 'testing' AWS_SECRET_KEY = 'hush-hush')
              FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)
            """)
        #expect(try warehouse.query("LIST @s").textRows().map { $0[0] } == [
            "s3://netflix-demo/raw/a.csv", "s3://netflix-demo/raw/b.csv",
        ])
        try warehouse.execute("CREATE TABLE t (id INTEGER, name VARCHAR)")
        try warehouse.execute("COPY INTO t FROM @s")
        #expect(try warehouse.query("SELECT id, name FROM t ORDER BY id").textRows() == [
            ["1", "one"], ["2", "two"], ["3", "three"],
        ])
        #expect(try warehouse.query("COPY INTO t FROM @s").textRows() == [["Copy executed with 0 files processed."]])
        #expect(try warehouse.query("SELECT $2 FROM @s (PATTERN => '.*b.*')").textRows() == [["three"]])
        try warehouse.execute("GET @s/a.csv file://\(folder)/out")
        #expect(try drain(FileSource(path: folder + "/out/a.csv")) == Array("id,name\n1,one\n2,two\n".utf8))
        #expect(throws: WarehouseError.self) { try warehouse.execute("PUT file://\(folder)/out/a.csv @s") }
        try warehouse.execute("REMOVE @s/b.csv")
        #expect(try warehouse.query("LIST @s").rowCount == 1)
        for statement in ["SHOW STAGES", "DESC STAGE s"] {
            #expect(!"\(try warehouse.query(statement).textRows())".contains("hush-hush"))
        }
        #expect(system("grep -rq hush-hush \(folder)/w.mlwh --exclude-dir=secrets") != 0)
    }
}
#endif
