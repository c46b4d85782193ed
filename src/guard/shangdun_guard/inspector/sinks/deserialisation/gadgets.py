"""Classes that turn the reading of an object into the running of a program."""

from __future__ import annotations

import re

JAVA = re.compile(
    r"org[./]apache[./]commons[./](?:collections4?|beanutils|fileupload|configuration)\b"
    r"|org[./]codehaus[./]groovy[./]runtime|org[./]springframework[./](?:beans|core|aop|jndi|transaction|context)"
    r"[./][\w./$]{1,80}(?:Factory|Provider|Aware|Invo|Proxy|Advis|Manager|Context|Target)"
    r"|com[./]sun[./](?:rowset[./]JdbcRowSetImpl|org[./]apache[./](?:xalan|bcel)|jndi[./])"
    r"|javax[./](?:management[./]BadAttributeValue|naming[./](?:ldap|spi|InitialContext)|script[./]ScriptEngine"
    r"|el[./]ELProcessor|imageio[./]ImageIO\$)"
    r"|java[./](?:beans[./](?:EventHandler|XMLDecoder)|lang[./](?:ProcessBuilder|Runtime|reflect[./]Proxy)"
    r"|util[./](?:PriorityQueue|ServiceLoader)|net[./]URLClassLoader|rmi[./]server[./](?:UnicastRemote|RemoteObject))"
    r"|sun[./](?:reflect[./]annotation[./]AnnotationInvocation|rmi[./]|print[./]UnixPrint)"
    r"|com[./]mchange[./]v2[./]c3p0|org[./]hibernate[./](?:engine|tuple|type)[./]|bsh[./](?:XThis|Interpreter)"
    r"|clojure[./](?:inspector|lang[./])|org[./](?:python[./]core|mozilla[./]javascript)[./]"
    r"|org[./]apache[./](?:xalan|xbean|ibatis[./]datasource[./]jndi|tomcat[./]dbcp|logging[./]log4j[./]core"
    r"|shiro[./](?:jndi|realm)|catalina|wicket[./]util|myfaces|click[./]control|aries|cocoon|hadoop[./]shaded)"
    r"|ch[./]qos[./]logback[./]core[./](?:db|jndi)|com[./]zaxxer[./]hikari|ognl[./]Ognl"
    r"|com[./]alibaba[./]druid[./]pool|ysoserial|TemplatesImpl"
)
NET = re.compile(
    r"ObjectDataProvider|TypeConfuseDelegate|ActivitySurrogate|TextFormattingRunProperties"
    r"|System\.Diagnostics\.Process|WindowsIdentity|WindowsPrincipal|ClaimsIdentity|PSObject"
    r"|System\.Windows\.(?:Data|Markup)\.|System\.Configuration\.Install\.AssemblyInstaller"
    r"|System\.Management\.Automation|System\.Data\.(?:DataSet|Services)|AxHost\+State"
    r"|System\.Security\.Claims\.|System\.IO\.(?:FileInfo|DirectoryInfo|FileSystemInfo)"
    r"|SessionViewState|ToolboxItemContainer|SessionSecurityToken|RolePrincipal|XamlReader"
    r"|System\.Collections\.Generic\.(?:SortedSet|ComparisonComparer)|System\.Activities\.Presentation"
    r"|System\.Web\.Security\.|ResourceSet|DataSetType"
)
PHP = re.compile(
    r"Monolog\\|GuzzleHttp\\|Illuminate\\|Symfony\\|Doctrine\\|Swift_|Zend_|Laminas\\|Phalcon\\"
    r"|Smarty|yii\\|think\\|CodeIgniter|Phpggc|Slim\\|Faker\\|Mockery\\|Prophecy\\|PHPUnit|SoapClient"
    r"|SplFileObject|SplObjectStorage|SimpleXMLElement|Typo3|Drupal\\|WP_|Requests_Utility"
    r"|JDatabaseDriver|PHPObjectInjection|Closure|ArrayIterator"
)
RUBY = re.compile(
    r"ERB|Gem::|ActiveSupport::|ActiveModel::|ActiveRecord::|DeprecatedInstanceVariableProxy"
    r"|Net::(?:BufferedIO|WriteAdapter)|UncaughtThrowError|TarReader|Kernel|Rack::|Sprockets|URI::HTTP"
)
