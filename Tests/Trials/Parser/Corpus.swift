#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import WarehouseBasics
import WarehouseSQL

/// The scripts beside this file that must parse, print and parse again.
public enum Corpus {
    public static let files = ["setup.sql", "tpch.sql", "queries.sql", "statements.sql"]

    /// The text of one script; empty when it cannot be read, which the tests notice by its count of statements.
    public static func text(_ file: String) -> String {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        guard let handle = fopen(folder + "/Corpus/" + file, "r") else { return "" }
        defer { fclose(handle) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, handle), count > 0 {
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every statement of every script, each as its own text.
    public static func statements() throws -> [String] {
        try files.flatMap { try Parser.parseStatements(text($0)).map(\.text) }
    }
}
