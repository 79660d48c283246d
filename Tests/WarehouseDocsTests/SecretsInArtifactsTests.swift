#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics
import WarehouseCharts
@testable import WarehouseDocs
import WarehouseModels

/// Keys of stages and passwords are in no file that a run, its documentation or its dashboards write, in no line of its log
/// and in no file of the warehouse but the one that keeps them.
@Suite struct SecretsInArtifactsTests {
    private static let secrets = ["AKIAKEYOFASTAGE01", "wJalrXUtnFEMIsecretOfAStage", "swordfishOfAUser", "sharedKeyOfAHook"]

    /// Every file below a folder, with its bytes.
    private static func files(_ folder: String) -> [(path: String, bytes: [UInt8])] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [(String, [UInt8])] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name != ".", name != ".." else { continue }
            let path = folder + "/" + name
            var state = stat()
            guard lstat(path, &state) == 0 else { continue }
            if state.st_mode & S_IFMT == S_IFDIR {
                found += files(path)
            } else if let file = fopen(path, "rb") {
                var bytes = [UInt8](repeating: 0, count: Int(state.st_size))
                let count = fread(&bytes, 1, bytes.count, file)
                fclose(file)
                found.append((path, Array(bytes.prefix(count))))
            }
        }
        return found
    }

    private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(text)
    }

    @Test func nothingThatIsWrittenHoldsThem() throws {
        let shop = try Shop()
        try shop.warehouse.execute("""
            CREATE STAGE SHOP.RAW.REMOTE URL = 's3://bucket/x' CREDENTIALS = (AWS_KEY_ID = 'AKIAKEYOFASTAGE01'
                AWS_SECRET_KEY = 'wJalrXUtnFEMIsecretOfAStage');
            CREATE STORAGE INTEGRATION FILES_OF_SHOP TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE
                STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::1:role/x' STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/');
            CREATE USER CLERK PASSWORD = 'swordfishOfAUser'
            """)
        var project = Shop.project
        project.onRunStart = [
            "CREATE OR REPLACE STAGE SHOP.RAW.HOOKED URL = 's3://bucket/y' CREDENTIALS = (AWS_KEY_ID = 'AKIAKEYOFASTAGE01' "
                + "AWS_SECRET_KEY = 'sharedKeyOfAHook')",
        ]
        project.onRunEnd = ["ALTER USER CLERK SET PASSWORD = 'swordfishOfAUser'"]
        let log = Mutex<[String]>([])
        let target = shop.folder + "/target"
        for format in [Console.Format.text, .json] {
            var options = RunOptions()
            options.targetPath = target
            let console = Console(format: format) { line in log.withLock { $0.append(line) } }
            let runner = try Runner(project, on: EmbeddedTarget(shop.warehouse.session), console: console, options: options)
            _ = try? runner.build()
            _ = try? runner.catalog()
        }
        var options = DocumentationSite.Options()
        options.targetPath = target
        let site = try DocumentationSite(graph: project.graph(), session: shop.warehouse.session, options: options)
        try WarehouseModels.TextFile.write(site.html, to: target + "/index.html")
        let board = Dashboard("All") {
            DataTable(Revenue.self, \.country, title: "Countries")
            TestResultsTable()
        }
        let reader = DashboardReader(graph: project.graph(), session: shop.warehouse.session, targetPath: target)
        try WarehouseModels.TextFile.write(try DashboardPage(board, reader: reader).html, to: target + "/dashboard.html")

        let files = Self.files(shop.folder)
        for name in ["manifest.json", "run_results.json", "run_history.jsonl", "index.html", "dashboard.html"] {
            #expect(files.contains { $0.path.hasSuffix(name) }, "\(name) is not written: \(files.map(\.path))")
        }
        let kept = files.filter { file in Self.secrets.contains { Self.contains(file.bytes, $0) } }.map(\.path)
        #expect(kept.allSatisfy { $0.contains("/warehouse.mlwh/secrets/") }, "\(kept)")
        // The test would find them: the stage's keys are where they belong.
        #expect(!kept.isEmpty)
        let lines = log.withLock { $0.joined(separator: "\n") }
        #expect(!lines.isEmpty)
        for secret in Self.secrets { #expect(!lines.contains(secret), "\(secret) in the log") }
    }
}
