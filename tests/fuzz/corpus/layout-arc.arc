filedesc://a.arc 0.0.0.0 20080430204825 text/plain 65
1 0 Test
URL IP-address Archive-date Content-type Archive-length

http://example.com/a b 192.0.2.1 20080430204826 text/html 871
HTTP/1.1 200 OK
Content-Type: text/html
Transfer-Encoding: chunked

7;a=b
<!---->
64;a=b
<!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!
7;a=b
----><!
64;a=b
----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!----><!--
7;a=b
--><!--
64;a=b
--><!----><!----><!----><!----><!----><!----><!----><!----><html><title>A page</title><p>Some words 
7;a=b
of a pa
64;a=b
ge, enough of them. Some words of a page, enough of them. Some words of a page, enough of them. Some
7;a=b
 words 
64;a=b
of a page, enough of them. Some words of a page, enough of them. Some words of a page, enough of the
7;a=b
m. Some
64;a=b
 words of a page, enough of them. Some words of a page, enough of them. Some words of a page, enough
7;a=b
 of the
3;a=b
m. 
0;a=b
X: 1


http://example.com/ 192.0.2.1 20080430204826 text/html 4
text
