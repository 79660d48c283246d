#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics

/// The compiler, run on sources that import the modules this test was built with.
enum SwiftCompiler {
    static let packageRoot = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// Beside the test bundle, else where a build of the package puts them.
    private static let modules: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        if readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 {
            let own = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let beside = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Modules"
            if access(beside, R_OK) == 0 { return beside }
        }
        return packageRoot + "/.build/debug/Modules"
    }()

    /// Type-checks files as one module, and gives the diagnostics' lines; none when all is well.
    static func typecheck(_ files: [String], in directory: ScratchDirectory, module: String = "checked") throws -> [String] {
        let headers = ["CZlib", "CLZ4", "CCrypt"].map { "-I '\(packageRoot)/Sources/\($0)'" }.joined(separator: " ")
        let paths = files.map { "'\($0)'" }.joined(separator: " ")
        let result = try Shell.run(
            "swiftc -typecheck -swift-version 6 -parse-as-library -module-name \(module) -I '\(modules)' \(headers) \(paths)",
            in: directory)
        let lines = result.output.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("/") && ($0.contains(": error: ") || $0.contains(": warning: "))
        }
        if result.code != 0, lines.isEmpty { return ["swiftc: exit \(result.code): \(result.output.prefix(2000))"] }
        return lines
    }
}

/// Commands as one types them.
enum Shell {
    /// Runs one in `directory`, where its temporary files go too; `output` is what it said on both streams.
    static func run(_ command: String, in directory: ScratchDirectory) throws -> (code: Int32, output: String) {
        let output = directory.path + "/.output", temporary = directory.path + "/.tmp"
        mkdir(temporary, 0o700)
        var process = pid_t()
        let words = ["sh", "-c", "cd '\(directory.path)' && export TMPDIR='\(temporary)' && { \(command)\n} > '\(output)' 2>&1 < /dev/null"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let code = posix_spawn(&process, "/bin/sh", nil, nil, arguments, environ)
        guard code == 0 else { throw WarehouseError(.inputOutput, "sh: \(String(cString: strerror(code)))") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, try read(output))
    }

    static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw WarehouseError(.fileNotFound, "no file \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
